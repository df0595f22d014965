-- A first line with # does not hide a binary chunk.
-- expect: held
return load("#!/usr/bin/lua\n\27Lua\84\0\25\147\r\n\26\n") == nil and "held"
