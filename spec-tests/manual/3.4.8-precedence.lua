-- Manual 3.4.8: from low to high: or, and, comparison, |, ~, &, shift, .., + -, * / // %, unary, ^.
print(1 or nil and nil, (1 or nil) and nil) --> 1	nil
print(1 < 2 and 2 < 3, 1 + 1 == 2, not 1 == 2) --> true	true	false
print((1 | 2 ~ 3 & 4 << 1) == (1 | (2 ~ (3 & (4 << 1))))) --> true
print(2 + 3 * 4 ^ 2 / 2, -2 ^ 2, 2 ^ -1, 2 ^ 3 ^ 2) --> 26.0	-4.0	0.5	512.0
print("a" .. 1 + 2 .. "b", 1 .. 2 == "12") --> a3b	true
print(5 - 3 - 1, 2 ^ 2 ^ 3, "x" .. "y" .. "z", 100 / 10 / 5, 7 // 2 * 2, 7 % 4 % 2) --> 1	256.0	xyz	2.0	6	1
print(-3 % 5, -(3 % 5), -3 ^ 2, not nil == true, #"ab" + 1, -#"ab", ~1 + 2, ~(1 + 2)) --> 2	-3	-9.0	true	3	-2	0	-4
print(1 << 2 + 1, 1 + 1 << 2, 6 & 3 | 8, 6 | 3 & 8, 5 ~ 1 | 2) --> 8	8	10	6	6
print(1 .. 2 .. 3 == "123", "10" + 1 .. "", 2 * 3 .. 4) --> true	11	64
