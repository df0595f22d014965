-- A script cannot make an error look like a limit.
-- expect: error runtime: instruction limit reached (1)
error("instruction limit reached (1)", 0)
