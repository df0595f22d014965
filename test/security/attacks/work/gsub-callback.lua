-- A replacement function that never answers.
-- stops: instructions time
-- blocks: yes
string.gsub("x", "x", function() while true do end end)
