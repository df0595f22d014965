-- Library functions that write obey as well.
-- expect: error permission: read-only table
table.insert(table, "owned")
