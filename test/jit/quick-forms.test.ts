// Library functions that emitted code calls without a frame: what they answer, charge and raise is what the ordinary call does.
import { describe, test } from "vitest";
import { expectSame } from "./support/modes.js";

const SEARCHES = `
  local out = {}
  local function note(...) out[#out + 1] = table.concat({ select("#", ...), ... }, " ") end
  local text = ("one two, three; 4 55 (666) " .. ("x"):rep(40) .. " last"):rep(3)
  for i = 1, 12 do
    local at = i * 7
    note(text:find("%S", at)) note(text:find("%a+", at)) note(text:find("[,;]", at)) note(text:find("two", at, true)) note(text:find("(%a+) (%a+)", at))
    note(text:find("()%d+()", -at)) note(text:find("q", at)) note(text:find("^%d", at)) note(text:find("", 1000) or "none") note(text:find("%a", 500) or "none")
    note(text:match("^%a+", at) or "none") note(text:match("%((%d+)%)", at) or "none") note(text:match("(%a)(%a)(%a)", at)) note(text:match("x+", at) or "none")
    note(text:match("%s*$", at)) note(text:match("^%s*", 1000) or "none") note((text:match("(((((((((t)))))))))", at)))
    for word in text:gmatch("%a+") do note(word) end
    for a, b in text:gmatch("(%a)(%d*)") do note(a, b) end
    for at in text:gmatch("()%s*") do note(at) end
    for letter in text:gmatch("[xyz]") do note(letter) end
  end
  print(#out, table.concat(out, "|"))`;

describe("searches without frames", () => {
  test("results, counts and bytes", () => expectSame(SEARCHES));

  test("a budget that ends anywhere in them", () => {
    for (let limit = 1000; limit < 9000; limit += 97) expectSame(SEARCHES, { limit });
  });

  test("what raises is raised by the call that everybody sees, from where the text was read up to", () => {
    for (const call of [
      "for w in ('ab ab'):gmatch('(a') do n = n + 1 end", "for w in ('a b'):gmatch('%a%') do n = n + 1 end", "('ab'):find('(a')", "('ab'):match('a(b')",
      "('ab'):find('[a')", "('ab'):match('%f')", "('ab'):match('(a)%2')", "('ab'):find('b', 'x')", "('ab'):find(nil)", "('ab'):match()", "('b'):find(('(b'):rep(33))",
      "table.sort({ 1, 'x', 2 })", "table.sort({ {}, {} })", "for w in ('xx'):gmatch('()(x') do n = n + 1 end",
    ]) {
      expectSame(`
        local n = 0
        local function attempt(i) if i > 300 then ${call} end return i end
        local ok, message = pcall(function() for i = 1, 310 do attempt(i) end end)
        print(ok, message, n)
        for i = 1, 310 do local fine, why = pcall(attempt, i) if i > 308 then print(fine, why, n) end end`);
    }
  });

  test("an iterator that a limit stops has not moved on", () => {
    const source = `
      local words = {}
      local next_word = (("word "):rep(400)):gmatch("(%a)(%a*)")
      for i = 1, 300 do words[i] = next_word() end
      print(#words)`;
    for (let limit = 2400; limit < 2700; limit += 3) expectSame(source, { limit });
  });
});

const REPLACEMENTS_AND_LISTS = `
  local out = {}
  local function note(...) out[#out + 1] = table.concat({ select("#", ...), ... }, " ") end
  local text = ("a \\"quoted\\" text, back\\\\slashes " .. ("x"):rep(60) .. " 12 345"):rep(2)
  local escapes = { ['"'] = '\\"', ["\\\\"] = "\\\\\\\\", x = false, ["12"] = 7, ["345"] = 2.5 }
  for i = 1, 12 do
    local piece = text:sub(i, i * 9)
    note(piece:gsub('["\\\\]', escapes)) note(piece:gsub("%d+", escapes)) note(piece:gsub("x", escapes)) note(piece:gsub("#", escapes)) note(piece:gsub("x", ""))
    note(piece:gsub("%s", "--")) note(piece:gsub("%a+", "%0%0")) note(piece:gsub("^%s+", "")) note(piece:gsub("x+", piece)) note(piece:gsub("a", "b", 1)) note((i + 0.5):gsub("5", "6"))
    local packed = table.pack(piece, i, nil, i > 6 and i or nil)
    note(packed.n, #packed, packed[1], table.unpack(packed, 1, 2)) note(table.unpack(packed, 2, 2)) note(table.unpack({ 1, 2, 3, 4, 5, i }, 3)) note(table.unpack({ i }, 2, 1))
    local list = {}
    for k = 1, i * 20 do list[k] = k % 3 == 0 and k or k % 3 == 1 and k / 8 or "s" end
    note(table.concat(list, ", ")) note(table.concat(list)) note(table.pack().n)
  end
  print(#out, table.concat(out, "|"))`;

describe("replacements and lists without frames", () => {
  test("results, counts and bytes", () => expectSame(REPLACEMENTS_AND_LISTS));

  test("a budget that ends anywhere in them", () => {
    for (let limit = 1000; limit < 12_000; limit += 131) expectSame(REPLACEMENTS_AND_LISTS, { limit });
  });

  test("errors are those of the ordinary call, and cost what it costs", () => {
    for (const call of [
      "('ab'):gsub('b', { b = true })", "('ab'):gsub('b', { b = {} })", "('ab'):gsub('b', '%2')", "('ab'):gsub('[b', '')", "('ab'):gsub('b', true)",
      "table.concat({ 1, 'x', {} })", "table.concat({ 1, nil, 3 }, ',', 1, 3)", "table.unpack({}, 1, 1e8)", "table.unpack({ 1 }, 1, 0.5)", "table.unpack({ 1 }, math.huge, 1)",
    ]) {
      expectSame(`
        local function attempt(i) if i > 300 then ${call} end return i end
        print(pcall(function() for i = 1, 310 do attempt(i) end end))
        for i = 1, 310 do local fine, why = pcall(attempt, i) if i > 308 then print(fine, why) end end`);
    }
  });
});

const BASICS = `
  local out = {}
  local function note(...) out[#out + 1] = table.concat({ select("#", ...), ... }, " ") end
  local function kinds(...) local list = table.pack(...) for k = 1, list.n do list[k] = type(list[k]) end return table.unpack(list, 1, list.n) end
  local sparse = {}
  for k = 1, 300 do sparse["k" .. k] = k end
  for k = 2, 299 do sparse["k" .. k] = nil end
  for i = 1, 25 do
    local t = { 10, 20, x = i, y = 2, [2.5] = 3 }
    note(kinds(select(2, i, nil, "c", nil))) note(select(-1, i, "b")) note(select(-2, i, "b")) note(select(4, i, 2, 3)) note(select(3, i, 2, 3)) note((select("#", nil, nil)))
    note(kinds(assert(i, nil, "b"))) note(assert(i)) note(assert("x", i)) note(next(t)) note(next(t, 2)) note(next(t, "x")) note(kinds(next(t, 2.5))) note(kinds(next({})))
    note(next(sparse)) note(next(sparse, "k1")) note(kinds(pairs(t))) note(kinds(ipairs(t))) note(kinds(ipairs("x"))) note(kinds(pairs(setmetatable({}, { __pairs = kinds }))))
    local co = coroutine.create(function() coroutine.yield(i) end)
    note(coroutine.status(co)) coroutine.resume(co) coroutine.resume(co) note(coroutine.status(co), coroutine.status(coroutine.running()))
    local list = { 3, i, 1.5, 2 }
    note(kinds(table.sort(list))) note(table.concat(list, " ")) table.sort({ "b", "a" }) table.sort({}) note(string.format("%X %x", i * 11, i * 11))
  end
  print(#out, table.concat(out, "|"))`;

describe("basic functions without frames", () => {
  test("results, counts and bytes", () => expectSame(BASICS));

  test("a budget that ends anywhere in them", () => {
    for (let limit = 2000; limit < 12_000; limit += 151) expectSame(BASICS, { limit });
  });

  test("errors are those of the ordinary call", () => {
    for (const call of [
      "assert(false)", "assert(nil, 'why')", "assert()", "select(0, 1)", "select(-3, 1)", "select('x')", "select()", "next({}, 'no key')", "next()", "next(1)", "pairs()", "pairs(nil)", "ipairs()",
      "coroutine.create(1)", "coroutine.status(1)", "table.sort(1)", "table.sort({ 1, {} })",
    ]) {
      expectSame(`
        local function attempt(i) if i > 300 then ${call} end return i end
        print(pcall(function() for i = 1, 310 do attempt(i) end end))
        for i = 1, 310 do local fine, why = pcall(attempt, i) if i > 308 then print(fine, why) end end`);
    }
  });
});

describe("sorting in emitted code", () => {
  test("numbers and strings, and what is neither", () => {
    expectSame(`
      local function sorted(t, order) table.sort(t, order) return t end
      local total = 0
      for i = 1, 300 do
        local t, s = {}, {}
        for k = 1, i % 20 do t[k] = k * 7919 % 101 s[k] = "s" .. k * 31 % 17 end
        sorted(t) sorted(s, nil) sorted({ 1.5, 2, -1 }) sorted({ i }) sorted({})
        total = total + (t[1] or 0) + #(s[#s] or "")
      end
      local late = setmetatable({ 3, 1, 2 }, { __index = function() return 0 end })
      print(total, table.concat(sorted(late), " "), pcall(sorted, { 1, "x" }), pcall(sorted, { 0 / 0, 1 }), table.concat(sorted({ 3, 1, 2 }, function(a, b) return a > b end), " "))`);
  });
});
