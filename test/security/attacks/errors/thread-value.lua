-- A coroutine as error value.
-- expect: error runtime: thread value
error(coroutine.create(function() end))
