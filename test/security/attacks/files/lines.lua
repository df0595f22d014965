-- Nor by io.lines, io.input, io.output.
-- expect: held
return not pcall(function() for l in io.lines("/etc/passwd") do return l end end) and not pcall(function() io.input("/etc/passwd") end)
  and not pcall(function() io.output("/tmp/perilune-attack") end) and "held"
