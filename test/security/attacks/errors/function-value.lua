-- A function as error value.
-- expect: error runtime: function value
error(function() while true do end end)
