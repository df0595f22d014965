-- An error object whose __tostring never ends, while the host asks for the message.
-- stops: instructions time
error(setmetatable({}, {__tostring = function() while true do end end}))
