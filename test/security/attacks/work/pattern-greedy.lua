-- The same, greedy.
-- stops: instructions time
string.find(("a"):rep(3000), ".*.*.*.*.*b")
