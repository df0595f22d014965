-- A pattern that backtracks in five dimensions.
-- stops: instructions time
string.find(("a"):rep(2000), "a-a-a-a-a-a-b")
