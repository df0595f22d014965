-- Members of a host object, read without end.
-- stops: hostCalls instructions time
while true do local _ = object.count end
