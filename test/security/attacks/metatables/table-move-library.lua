-- table.move into a library table.
-- expect: error permission: read-only table
table.move({function() end}, 1, 1, 1, coroutine)
