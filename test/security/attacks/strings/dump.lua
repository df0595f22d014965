-- string.dump is not there.
-- expect: error permission: string.dump
string.dump(function() end)
