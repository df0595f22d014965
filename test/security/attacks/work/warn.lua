-- Warnings without end.
-- stops: output instructions time
while true do warn("@on") warn("spam ", "spam") end
