-- No yield across a native that is in the middle of its work.
-- expect: error runtime: attempt to yield across a C-call boundary
coroutine.wrap(function() table.sort({3, 2, 1}, coroutine.yield) end)()
