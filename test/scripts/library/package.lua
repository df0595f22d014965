print(type(package.path), type(package.cpath), package.config:sub(1, 1), type(package.searchers), #package.searchers) --> string	string	/	table	4
package.preload.mine = function(name, extra) return { name = name, extra = extra } end
local m, where = require("mine")
print(m.name, m.extra, where, package.loaded.mine == m, require("mine") == m) --> mine	:preload:	:preload:	true	true
print(package.loaded._G == _G, package.loaded.string == string) --> true	true
print(pcall(require, "does.not.exist") == false) --> true
local ok, e = pcall(require, "no_such_module")
print(e:match("^module 'no_such_module' not found:\n\tno field package.preload%['no_such_module'%]\n") ~= nil) --> true
print((select(2, package.searchpath("x", "./?.none;./?/y.none")):gsub("%s+", " "))) --> no file './x.none' no file './x/y.none'
package.preload.bad = function() error("cannot load", 0) end
print(pcall(require, "bad")) --> false	cannot load
package.preload.none = function() end
print(require("none"), package.loaded.none) --> true	true
package.loaded.mine = nil
print(require("mine") ~= m) --> true
print(pcall(require)) --> false	bad argument #1 to 'require' (string expected, got no value)
