-- A lexer, a precedence parser, an evaluator and a printer for arithmetic.
local n = tonumber((...)) or 3500

local function tokenize(source)
  local tokens, i = {}, 1
  while true do
    i = source:find("%S", i)
    if not i then break end
    local text = source:match("^%d+", i)
    if text then
      tokens[#tokens + 1] = { kind = "number", value = tonumber(text) }
    else
      text = source:match("^%a+", i)
      if text then
        tokens[#tokens + 1] = { kind = "name", value = text }
      else
        text = source:sub(i, i)
        tokens[#tokens + 1] = { kind = text }
      end
    end
    i = i + #text
  end
  tokens[#tokens + 1] = { kind = "end" }
  return tokens
end

local LEFT = { ["+"] = 1, ["-"] = 1, ["*"] = 2, ["/"] = 2, ["%"] = 2, ["^"] = 4 }
local RIGHT = { ["^"] = 3 }

local Parser = {}
Parser.__index = Parser
function Parser:peek() return self.tokens[self.at].kind end
function Parser:take()
  local token = self.tokens[self.at]
  self.at = self.at + 1
  return token
end
function Parser:primary()
  local token = self:take()
  if token.kind == "number" then return { op = "number", value = token.value } end
  if token.kind == "name" then return { op = "name", name = token.value } end
  if token.kind == "-" then return { op = "neg", left = self:binary(2) } end
  if token.kind == "(" then
    local inner = self:binary(0)
    assert(self:take().kind == ")", "')' expected")
    return inner
  end
  error("unexpected " .. token.kind)
end
function Parser:binary(limit)
  local left = self:primary()
  while true do
    local op = self:peek()
    local priority = LEFT[op]
    if not priority or priority <= limit then return left end
    self:take()
    left = { op = op, left = left, right = self:binary(RIGHT[op] or priority) }
  end
end
local function parse(source)
  local parser = setmetatable({ tokens = tokenize(source), at = 1 }, Parser)
  local tree = parser:binary(0)
  assert(parser:peek() == "end", "end expected")
  return tree
end

local evaluate
local operations = {
  number = function(t) return t.value end,
  name = function(t, scope) return scope[t.name] or error("no " .. t.name) end,
  neg = function(t, scope) return -evaluate(t.left, scope) end,
  ["+"] = function(t, scope) return evaluate(t.left, scope) + evaluate(t.right, scope) end,
  ["-"] = function(t, scope) return evaluate(t.left, scope) - evaluate(t.right, scope) end,
  ["*"] = function(t, scope) return evaluate(t.left, scope) * evaluate(t.right, scope) % 1000003 end,
  ["/"] = function(t, scope) return evaluate(t.left, scope) // evaluate(t.right, scope) end,
  ["%"] = function(t, scope) return evaluate(t.left, scope) % evaluate(t.right, scope) end,
  ["^"] = function(t, scope)
    local result, base = 1, evaluate(t.left, scope)
    for _ = 1, evaluate(t.right, scope) % 9 do result = result * base % 1000003 end
    return result
  end,
}
function evaluate(tree, scope) return operations[tree.op](tree, scope) end

local function show(tree)
  if tree.op == "number" then return tostring(tree.value) end
  if tree.op == "name" then return tree.name end
  if tree.op == "neg" then return "(-" .. show(tree.left) .. ")" end
  return "(" .. show(tree.left) .. tree.op .. show(tree.right) .. ")"
end

local sources = {
  "1 + 2 * 3 - x", "(x + y) * (x - y) / 7", "2 ^ 3 ^ 2 % 1000 + -x", "((((7)))) - 3 * (y + 4 * (x % 5 + 1))",
  "x * x * x - 3 * x * y + 12 * y - 9", "100 / (1 + x % 9) / 2 - -4 ^ 2",
}
local total, tree = 0, nil
for i = 1, n do
  for j = 1, #sources do
    tree = parse(sources[j])
    local scope = { x = i, y = i % 13 + j }
    for k = 1, 4 do
      scope.x = scope.x + k
      total = (total + evaluate(tree, scope)) % 1000003
    end
    total = total + #show(tree)
  end
end
print("parser", total, show(parse(sources[3])))
