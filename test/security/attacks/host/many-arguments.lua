-- Two hundred thousand arguments.
-- expect: held
return select("#", pcall(save, table.unpack({}, 1, 200000))) > 0 and "held"
