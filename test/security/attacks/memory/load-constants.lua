-- Sources full of constants.
-- stops: memory
local t = {}
while true do
  local parts = {} for i = 1, 1000 do parts[i] = "'" .. ("c"):rep(100) .. #t .. "_" .. i .. "'" end
  t[#t + 1] = load("return {" .. table.concat(parts, ",") .. "}")
end
