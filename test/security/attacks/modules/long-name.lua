-- A name of a million bytes.
-- expect: error module: 
require(("a."):rep(500000))
