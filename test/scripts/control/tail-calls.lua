local function loop(n) if n == 0 then return "done" end return loop(n - 1) end
print(loop(200000)) --> done
local function even(n) if n == 0 then return true end return odd(n - 1) end
function odd(n) if n == 0 then return false end return even(n - 1) end
print(even(10000), odd(7)) --> true	true
local function count(...) return select("#", ...) end
local function pass(...) return count(...) end
print(pass(), pass(1, nil, nil)) --> 0	3
local function err() return error("in tail call") end
print(pcall(err)) --> false	control/tail-calls.lua:9: in tail call
local function caller() return (err()) end
print(pcall(caller)) --> false	control/tail-calls.lua:9: in tail call
local function info() return debug.getinfo(1, "t").istailcall end
local function tail() return info() end
local function plain() local r = info(); return r end
print(tail(), plain()) --> true	false
local deep = 0
local function grow() deep = deep + 1; return grow() end
print(pcall(function() local function r(n) return n == 0 and 0 or 1 + r(n - 1) end return r(10000) end)) --> true	10000
