-- The host's input is not there to be read.
-- expect: held
local ok, text = pcall(function() return io.read("a") end)
local ok2, text2 = pcall(function() return io.stdin:read("a") end)
return (not ok or not text or text == "") and (not ok2 or not text2 or text2 == "") and "held"
