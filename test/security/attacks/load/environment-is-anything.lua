-- An environment that is no table gives errors, nothing more.
-- expect: held
return not pcall(load("return x", "c", "t", nil)) and not pcall(load("x = 1", "c", "t", 5)) and not pcall(load("x = 1", "c", "t", "s")) and "held"
