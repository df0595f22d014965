print(2 + 3 * 4, (2 + 3) * 4) --> 14	20
print(2 ^ 3 ^ 2, (2 ^ 3) ^ 2) --> 512.0	64.0
print(-2 ^ 2, 2 ^ -2, -2 ^ -2) --> -4.0	0.25	-0.25
print(1 .. 2 .. 3, 1 + 2 .. "") --> 123	3
print(1 << 2 + 1, (1 << 2) + 1) --> 8	5
print(pcall(function() return 5 & 3 == 3 end)) --> true	false
print(1 | 2 ~ 3 & 4) --> 3
print(not 1 == 2, not (1 == 2)) --> false	true
print(1 < 2 == true, "a" < "b" == true) --> true	true
print(2 * 3 % 4, 2 * (3 % 4)) --> 2	6
print(#"abc" + 1, -#"abc") --> 4	-3
print(not nil and 1 or 2, nil and 1 or 2) --> 1	2
print(1 or error("not evaluated"), nil and error("not evaluated")) --> 1	nil
