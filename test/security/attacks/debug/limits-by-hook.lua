-- A hook that catches errors cannot catch a limit.
-- policy: none
-- stops: instructions
debug.sethook(function() pcall(error, "x") end, "", 1)
while true do end
