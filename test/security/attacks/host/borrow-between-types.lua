-- Members of one type do not read another's objects.
-- expect: held
local ok, message = pcall(vault.open, object)
return not ok and message:find("Vault expected", 1, true) and "held"
