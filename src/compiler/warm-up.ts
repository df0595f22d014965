/**
 * A program with a bit of everything. V8 optimises code for the kinds of values that an object's fields have held so far, and
 * throws it away when another kind turns up; compiling this once before the first long text saves a quarter of that one's time.
 */
export const SAMPLE = `local a <const>, b, c <close> = 1, 2.5, nil local d <const> = 0x7fffffffffffffff local e <const> = "s"
function x.y:z(p, ...) local q = {1, 2.0, a=1, ["b"]=x, [1]=2, f(), ...} return q.r[1][q], -q, not p, #q, ~p, e, d end
local function g() b = b + 1 return a end
for i = 1, 2 do if i < 3 then break elseif i == 2 then goto l else x = i end ::l:: end
for k, v in pairs(x) do local n = function() return k, v, b end end
while x and y or z do x.y, y = y, x["a\\nb"] repeat local u = x .. y .. [[z]] until u end
do local s = 1 + b - 2.5 * c / 3 // 4 % 5 ^ 2 & 1 | 2 ~ 3 << 1 >> 2 end -- c
return f(1, "a", 1e10), g{1}, h"s", b:m(1), (f()), x >= 1, y <= 2, z ~= 3.0, 18446744073709551615`;

/** Length of text from which on it pays. */
export const LONG_TEXT = 65_536;
