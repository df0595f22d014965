-- A message of megabytes.
-- expect: error runtime: xxx
error(("x"):rep(5e6), 0)
