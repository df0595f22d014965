-- So does what is put into package.preload.
-- expect: held
-- elsewhere: return not pcall(require, "planted") and "held"
pcall(function() package.preload.planted = function() return "owned" end end)
return "held"
