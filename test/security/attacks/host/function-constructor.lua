-- No way from a host function to the function that makes functions.
-- expect: held
return not pcall(function() return save.constructor("return process")() end) and not pcall(function() return object.add.constructor end) and "held"
