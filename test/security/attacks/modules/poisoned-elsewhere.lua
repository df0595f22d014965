-- Replaced modules stay in their own context.
-- expect: held
-- elsewhere: return require("app").version == 1 and string.rep("x", 2) == "xx" and "held"
pcall(function() package.loaded.app = {version = "owned"} end)
pcall(function() package.preload.app = function() return {version = "owned"} end end)
pcall(function() package.loaded.string = {rep = function() return "owned" end} end)
pcall(function() require("app").version = "owned" end)
return "held"
