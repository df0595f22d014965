-- An error without a value.
-- expect: error runtime: nil
error()
