local function run(from, to, step)
  local out = {}
  for i = from, to, step or 1 do
    out[#out + 1] = i
    if #out == 6 then break end
  end
  return table.concat(out, " ")
end
print(run(1, 3), run(3, 1), run(3, 1, -1), run(1, 1)) --> 1 2 3		3 2 1	1
print(run(1, 10, 3), run(10, 1, -4), run(-3, 3, 2)) --> 1 4 7 10	10 6 2	-3 -1 1 3
print(run(math.maxinteger - 2, math.maxinteger)) --> 9223372036854775805 9223372036854775806 9223372036854775807
print(run(math.mininteger + 2, math.mininteger, -1)) --> -9223372036854775806 -9223372036854775807 -9223372036854775808
print(run(math.maxinteger - 1, math.huge)) --> 9223372036854775806 9223372036854775807
print(run(math.mininteger, -math.huge, -1)) --> -9223372036854775808
print(run(1, math.maxinteger, math.maxinteger // 2)) --> 1 4611686018427387904 9223372036854775807
print(run(1, -1, math.maxinteger), run(-1, 1, math.maxinteger)) --> 	-1
print(run(1, 3.9), run(1, 2.1), run(-1, -2.5, -1)) --> 1 2 3	1 2	-1 -2
print(run(1.0, 3), run(1, 2, 0.5), run(1, 0, -0.25)) --> 1.0 2.0 3.0	1.0 1.5 2.0	1.0 0.75 0.5 0.25 0.0
print(run(0.1, 0.35, 0.1), run(3, 0.5, -1)) --> 0.1 0.2 0.3	3 2 1
print(run(1, math.huge), run(1, -math.huge), run(0.0, math.huge, 1e300)) --> 1 2 3 4 5 6		0.0 1e+300 2e+300 3e+300 4e+300 5e+300
print(run(math.maxinteger, math.maxinteger + 1.0), run(math.mininteger, math.mininteger - 1.0)) --> 9223372036854775807	-9223372036854775808
print(pcall(run, 1, 2, 0)) --> false	integer/for-loop.lua:3: 'for' step is zero
print(pcall(run, 1.0, 2, 0.0)) --> false	integer/for-loop.lua:3: 'for' step is zero
print(pcall(run, "a", 2)) --> false	integer/for-loop.lua:3: bad 'for' initial value (number expected, got string)
print(pcall(run, 1, {})) --> false	integer/for-loop.lua:3: bad 'for' limit (number expected, got table)
print(pcall(run, 1, 2, false)) --> true	1 2
print(pcall(run, nil, 2)) --> false	integer/for-loop.lua:3: bad 'for' initial value (number expected, got nil)
print(pcall(run, "1", 2)) --> true	1.0 2.0
