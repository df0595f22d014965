// Field caches: whatever a site remembers, it sees changes of the tables on the way at once. Each program warms its sites up
// first, and C Lua says what is right.
import { beforeAll, describe, expect, test } from "vitest";
import { createState, plainHost } from "../../src/index.js";
import { expectSame } from "../support/lua.js";
import { type Oracle, oracle } from "../support/oracle.js";

let judge: Oracle;
beforeAll(async () => {
  judge = await oracle();
});

/** A class three levels deep, an object of it, and functions whose sites have seen them. */
const CLASSES = `
local Base = {} Base.__index = Base
function Base.name() return "Base.name" end
function Base:greet() return "Base:greet" end
local Middle = setmetatable({}, Base) Middle.__index = Middle
local Leaf = setmetatable({}, Middle) Leaf.__index = Leaf
local object = setmetatable({own = 1}, Leaf)
local function name() return object.name end
local function greet() return object:greet() end
local function own() return object.own end
local function missing() return object.missing end
local function parent() local f = Leaf.name return f and f() end
local function show() print(name() and name()(), greet(), own(), missing(), parent(), Leaf.missing) end
for i = 1, 50 do name() greet() own() missing() parent() end
show()
`;

/** Objects of two classes that each have a metatable of their own, and sites that have seen many of them. */
const MANY = `
local Base = {} function Base.base() return "base" end
local A, B = setmetatable({}, {__index = Base}), {}
function A.name() return "A" end function B.name() return "B" end
local objects = {}
for i = 1, 30 do objects[i] = setmetatable({x = i}, {__index = i % 3 == 0 and B or A}) end
local function show()
  local out = {}
  for i, o in ipairs(objects) do local f, g = o.name, o.base out[i] = (f and f() or "-") .. (g and g() or "") end
  print(table.concat(out, " "))
end
for i = 1, 3 do show() end
`;

describe("objects with a metatable each", () => {
  test.each([
    ["a method is redefined", "function A.name() return 'a' end"],
    ["a method goes away, and comes back", "A.name = nil show() function A.name() return 'again' end"],
    ["an inherited method changes", "function Base.base() return 'BASE' end show() Base.base = nil"],
    ["an inherited method is shadowed", "function A.base() return 'A.base' end"],
    ["one object's __index is pointed elsewhere", "getmetatable(objects[1]).__index = B show() getmetatable(objects[2]).__index = {name = function() return '!' end}"],
    ["one object's __index becomes a function", "getmetatable(objects[4]).__index = function(t, k) return function() return k end end"],
    ["one object's __index goes away", "getmetatable(objects[5]).__index = nil"],
    ["a metatable gets other fields", "getmetatable(objects[7]).__len = function() return 1 end getmetatable(objects[7]).name = print"],
    ["one object loses its metatable, another gets a new one", "setmetatable(objects[8], nil) setmetatable(objects[10], {__index = B})"],
    ["one object has the field itself", "objects[11].name = function() return 'own' end show() objects[11].name = nil"],
    ["a class gets another parent", "setmetatable(A, {__index = {base = function() return 'new parent' end}})"],
    ["a class loses its parent", "setmetatable(A, nil)"],
  ])("%s", (_, change) => expectSame(judge, `${MANY}${change} show() show()`));
});

describe("reading through metatables after the site has been warmed up", () => {
  test.each([
    ["a method is redefined where it is", "function Base:greet() return 'new greet' end"],
    ["a method is shadowed in a nearer class", "function Middle:greet() return 'Middle:greet' end show() function Leaf:greet() return 'Leaf:greet' end"],
    ["a method is shadowed in the object", "object.greet = function() return 'own greet' end show() object.greet = nil"],
    ["a method goes away, and comes back", "Base.name = nil show() function Base.name() return 'back' end"],
    ["a nearer definition goes away again", "Leaf.name = function() return 'Leaf.name' end show() Leaf.name = nil"],
    ["a field that nobody had appears at the far end", "Base.missing = 'found'"],
    ["__index is pointed at another table", "Leaf.__index = {name = function() return 'other' end, greet = function() return 'other' end}"],
    ["__index becomes a function", "Middle.__index = function(t, k) return k ~= 'missing' and function() return 'from function ' .. k end or 0 end"],
    ["__index goes away", "Base.__index = nil object.name = print object.greet = type print(object:greet(), Leaf.name)"],
    ["the class gets another metatable", "setmetatable(Middle, {__index = {name = function() return 'm' end, greet = function() return 'g' end, missing = 3}})"],
    ["the class loses its metatable", "function Leaf.name() return 1 end function Leaf.greet() return 2 end setmetatable(Leaf, nil)"],
    ["the object gets another metatable", "setmetatable(object, {__index = {name = print, greet = type, missing = 5}})"],
    ["rawset behind the site's back", "rawset(Base, 'greet', function() return 'raw' end) show() rawset(Leaf, 'missing', 'raw')"],
    ["table functions behind the site's back", "Leaf[1] = 1 table.insert(Base, 'x') Base.missing = 7"],
    ["fields are dropped while many others come", "for i = 1, 300 do Leaf['k' .. i] = i end for i = 1, 300 do Leaf['k' .. i] = nil end for i = 1, 300 do Leaf['z' .. i] = i end"],
  ])("%s", (_, change) => {
    expectSame(judge, `${CLASSES} ${change} show() show()`);
  });

  test("debug.setmetatable counts as setmetatable", () => {
    const lines: string[] = [];
    const state = createState({ host: plainHost((text) => lines.push(text)) });
    state.call(state.load(`${CLASSES} debug.setmetatable(Leaf, {__index = {name = function() return 1 end, greet = function() return 2 end}}) show()`, "=test"));
    expect(lines.join("")).toBe("Base.name\tBase:greet\t1\tnil\tBase.name\tnil\n1\t2\t1\tnil\t1\tnil\n");
  });

  test("more levels than a site looks through", () => {
    expectSame(judge, `
      local root = {deep = "root"}
      local chain = {root}
      for i = 2, 30 do chain[i] = setmetatable({}, {__index = chain[i - 1]}) end
      local function read(t) return t.deep end
      for round = 1, 3 do for i = 1, 30 do read(chain[i]) end end
      chain[15].deep = "middle"
      for i = 1, 30 do io.write(tostring(read(chain[i])), " ") end
      root.deep, chain[15].deep = "new", nil
      for i = 1, 30 do io.write(tostring(read(chain[i])), " ") end
    `);
  });

  test("one site, many kinds of objects", () => {
    expectSame(judge, `
      local objects = {}
      for c = 1, 40 do
        local class = {value = c} class.__index = class
        for v = 1, 3 do objects[#objects + 1] = setmetatable({["f" .. v] = v}, class) end
      end
      local function read(o) return o.value end
      local sum = 0
      for round = 1, 10 do for i, o in ipairs(objects) do sum = sum + read(o) end end
      print(sum)
      for i, o in ipairs(objects) do getmetatable(o).value = i end
      for i, o in ipairs(objects) do io.write(read(o), " ") end
      for i, o in ipairs(objects) do o.value = -i end
      for i, o in ipairs(objects) do io.write(read(o), " ") end
    `);
  });

  test("globals through an environment with __index", () => {
    expectSame(judge, `
      local base = {x = "base"}
      local env = setmetatable({print = print}, {__index = base})
      local read = load("return x", "=read", "t", env)
      for i = 1, 20 do read() end
      base.x = "changed" print(read())
      env.x = "own" print(read())
      env.x = nil print(read())
      base.x = nil print(read())
    `);
  });
});

describe("writing", () => {
  test.each([
    ["__newindex appears after objects were filled", "meta.__newindex = function(t, k, v) rawset(t, k, v .. '!') end"],
    ["__newindex is a table", "meta.__newindex = store"],
    ["__newindex comes and goes", "meta.__newindex = store make() meta.__newindex = nil"],
    ["the metatable gets one with rawset", "rawset(meta, '__newindex', store)"],
  ])("%s", (_, change) => {
    expectSame(judge, `
      local meta, store = {}, {}
      local function make()
        local o = setmetatable({}, meta)
        o.a = "a" o.b = "b" o.a = "again"
        return o
      end
      local function show(o) print(rawget(o, "a"), rawget(o, "b"), store.a, store.b) end
      for i = 1, 20 do make() end
      show(make()) ${change} show(make()) show(make())
    `);
  });

  test("a field set to nil and set again is a new field for __newindex", () => {
    expectSame(judge, `
      local log = {}
      local o = setmetatable({x = 1}, {__newindex = function(t, k, v) log[#log + 1] = k .. "=" .. tostring(v) rawset(t, k, v) end})
      for i = 1, 10 do o.x = i end
      o.x = nil o.x = 5 o.x = 6
      print(table.concat(log, " "), o.x)
    `);
  });

  test("metamethods added to a metatable in use take effect, and going away too", () => {
    expectSame(judge, `
      local meta = {}
      local a, b = setmetatable({}, meta), setmetatable({}, meta)
      local function tries() print(pcall(function() return a + b end)) print(a == b, pcall(function() return a < b end)) print(pcall(function() return #a, a() end)) end
      tries()
      function meta.__add() return "sum" end function meta.__eq() return true end function meta.__lt() return true end
      function meta.__len() return 42 end function meta.__call() return "called" end
      tries()
      for k in pairs(meta) do meta[k] = nil end
      tries()
    `);
  });
});
