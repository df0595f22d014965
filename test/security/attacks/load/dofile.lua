-- dofile reaches no file.
-- expect: error permission: 
dofile("/etc/passwd")
