-- Weak tables that hold what something else holds as well.
-- stops: memory
local all = {} while true do local o = {} all[#all + 1] = o all[#all + 1] = setmetatable({o}, {__mode = "v"}) end
