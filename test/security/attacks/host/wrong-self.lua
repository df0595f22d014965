-- A method runs only on an object of its own type.
-- expect: held
for _, self in ipairs {vault, {count = 1}, "text", 5, print, coroutine.create(print)} do
  if pcall(object.add, self) then return "ran" end
end
return not pcall(object.add) and "held"
