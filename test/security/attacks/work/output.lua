-- Output without end.
-- stops: output instructions time
while true do print("spam") end
