-- require without end.
-- stops: instructions time
while true do pcall(require, "app") pcall(require, "missing") end
