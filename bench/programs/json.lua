-- A JSON encoder and decoder: string scanning, recursion, tables of mixed shape.
local n = tonumber((...)) or 300

local escapes = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\t"] = "\\t" }
local unescapes = { ['"'] = '"', ["\\"] = "\\", n = "\n", t = "\t", ["/"] = "/" }

local encode
local function encode_into(out, value)
  local kind = type(value)
  if kind == "table" then
    if #value > 0 or next(value) == nil then
      out[#out + 1] = "["
      for i, v in ipairs(value) do
        if i > 1 then out[#out + 1] = "," end
        encode_into(out, v)
      end
      out[#out + 1] = "]"
    else
      local keys = {}
      for k in pairs(value) do keys[#keys + 1] = k end
      table.sort(keys)
      out[#out + 1] = "{"
      for i, k in ipairs(keys) do
        if i > 1 then out[#out + 1] = "," end
        encode_into(out, k)
        out[#out + 1] = ":"
        encode_into(out, value[k])
      end
      out[#out + 1] = "}"
    end
  elseif kind == "string" then
    out[#out + 1] = '"' .. value:gsub('["\\\n\t]', escapes) .. '"'
  else
    out[#out + 1] = tostring(value)
  end
end
function encode(value)
  local out = {}
  encode_into(out, value)
  return table.concat(out)
end

local decode_value
local function skip(s, i) return s:find("%S", i) or #s + 1 end
local function decode_string(s, i)
  local parts, from = {}, i + 1
  while true do
    local at = s:find('["\\]', from)
    if not at then error("unfinished string at " .. i) end
    parts[#parts + 1] = s:sub(from, at - 1)
    if s:sub(at, at) == '"' then return table.concat(parts), at + 1 end
    parts[#parts + 1] = unescapes[s:sub(at + 1, at + 1)]
    from = at + 2
  end
end
local function decode_list(s, i)
  local list = {}
  i = skip(s, i + 1)
  if s:sub(i, i) == "]" then return list, i + 1 end
  while true do
    list[#list + 1], i = decode_value(s, i)
    i = skip(s, i)
    local c = s:sub(i, i)
    if c == "]" then return list, i + 1 end
    if c ~= "," then error("',' expected at " .. i) end
    i = skip(s, i + 1)
  end
end
local function decode_object(s, i)
  local object = {}
  i = skip(s, i + 1)
  if s:sub(i, i) == "}" then return object, i + 1 end
  while true do
    local key
    key, i = decode_string(s, i)
    i = skip(s, i)
    if s:sub(i, i) ~= ":" then error("':' expected at " .. i) end
    object[key], i = decode_value(s, skip(s, i + 1))
    i = skip(s, i)
    local c = s:sub(i, i)
    if c == "}" then return object, i + 1 end
    if c ~= "," then error("',' expected at " .. i) end
    i = skip(s, i + 1)
  end
end
local words = { ["true"] = true, ["false"] = false }
function decode_value(s, i)
  local c = s:sub(i, i)
  if c == "{" then return decode_object(s, i) end
  if c == "[" then return decode_list(s, i) end
  if c == '"' then return decode_string(s, i) end
  local number = s:match("^-?%d+%.?%d*[eE]?[+-]?%d*", i)
  if number then return tonumber(number), i + #number end
  local word = s:match("^%a+", i)
  if words[word] == nil then error("unexpected '" .. c .. "' at " .. i) end
  return words[word], i + #word
end

local document = { title = 'A "quoted" title\n', items = {}, empty = {}, flags = { true, false } }
for i = 1, 60 do
  document.items[i] = { id = i, name = "item " .. i, price = i + 0.25, tags = { "a" .. i, "b\\" .. i }, ok = i % 2 == 0 }
end

local bytes, text = 0, ""
for _ = 1, n do
  text = encode(document)
  document = decode_value(text, 1)
  bytes = bytes + #text
end
print("json", bytes, document.items[60].name, document.items[7].price, (text:sub(1, 40)))
