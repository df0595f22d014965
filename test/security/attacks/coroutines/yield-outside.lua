-- The run itself cannot be yielded.
-- expect: error runtime: attempt to yield from outside a coroutine
coroutine.yield()
