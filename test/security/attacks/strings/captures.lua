-- More captures than there may be.
-- expect: error runtime: too many captures
string.find("x", ("()"):rep(33))
