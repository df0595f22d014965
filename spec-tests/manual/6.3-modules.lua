-- Manual 6.3: require and package.
package.preload["my.module"] = function(...) return { args = { ... }, n = select("#", ...) } end
local m, where = require("my.module")
print(m.n, m.args[1], m.args[2], where, require("my.module") == m, package.loaded["my.module"] == m) --> 2	my.module	:preload:	:preload:	true	true
package.preload.nothing = function() end
print(require("nothing"), package.loaded.nothing) --> true	true
package.preload.sets = function(name) package.loaded[name] = "set by itself" end
print(require("sets")) --> set by itself	:preload:
package.preload.fails = function() error("while loading", 0) end
print(pcall(require, "fails")) --> false	while loading
print(package.loaded.fails) --> nil
print((select(2, pcall(require, "no.such.module")):match("^[^\n]*\n[^\n]*"):gsub("%s+", " "))) --> module 'no.such.module' not found: no field package.preload['no.such.module']
print(type(package.path), type(package.cpath), package.config:sub(1, 1), #package.searchers) --> string	string	/	4
print((select(2, package.searchpath("none", "./?.x;./?/y.z")):gsub("%s+", " "))) --> no file './none.x' no file './none/y.z'
print((select(2, package.searchpath("a.b", "?.none", ".", "_")):gsub("%s+", " "))) --> no file 'a_b.none'
local searchers = package.searchers
package.searchers = { function(name) if name == "virtual" then return function(n, extra) return n .. extra end, "!data" end return "\n\tnot virtual" end }
print(require("virtual")) --> virtual!data	!data
print((select(2, pcall(require, "other")):gsub("%s+", " "))) --> module 'other' not found: not virtual
package.searchers = nil
print(pcall(require, "third")) --> false	'package.searchers' must be a table
package.searchers = searchers
print(pcall(require)) --> false	bad argument #1 to 'require' (string expected, got no value)
