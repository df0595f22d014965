-- Nor by require or package.loaded.
-- expect: held
local ok, lib = pcall(require, "debug")
local loaded = package and package.loaded and package.loaded.debug
return (not ok or type(lib) ~= "table" or not pcall(lib.getregistry)) and (loaded == nil or not pcall(loaded.getregistry)) and "held"
