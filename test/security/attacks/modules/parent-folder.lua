-- No way out of the modules by path.
-- expect: held
for _, name in ipairs {"../secret", "..", "../../etc/passwd", "/etc/passwd", "app/../../secret", "....//secret", "app\0", "\0", "", ".", "%2e%2e/secret", "C:\\secret", "file:///etc/passwd"} do
  if pcall(require, name) then return name end
end
return "held"
