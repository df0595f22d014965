-- dofile without a name would read the host's input.
-- expect: error permission: 
dofile()
