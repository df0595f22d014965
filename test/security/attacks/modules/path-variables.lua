-- package.path and cpath decide nothing.
-- expect: held
pcall(function() package.path = "/etc/?;/?" package.cpath = "/lib/?.so" end)
return not pcall(require, "passwd") and not pcall(require, "hostname") and "held"
