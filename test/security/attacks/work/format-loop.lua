-- Formatting numbers without end.
-- stops: instructions time
while true do string.format("%99.99f %99.99e %a %q %i", 1e300, 1e-300, 0.1, 0.1, 5) end
