-- Object orientation: classes, inheritance over three levels, overridden methods, super calls, getters and setters.
local n = tonumber((...)) or 1300000

local function class(parent)
  local c = setmetatable({}, { __index = parent })
  c.__index = c
  return c
end

local Account = class()
function Account.new(c, owner) return setmetatable({ owner = owner, balance = 0, moves = 0 }, c) end
function Account:deposit(amount) self.balance = self.balance + amount; self:log() end
function Account:withdraw(amount)
  if amount > self:available() then return false end
  self.balance = self.balance - amount
  self:log()
  return true
end
function Account:available() return self.balance end
function Account:log() self.moves = self.moves + 1 end

local Credit = class(Account)
function Credit.new(c, owner, limit)
  local account = Account.new(c, owner)
  account.limit = limit
  return account
end
function Credit:available() return self.balance + self.limit end

local Audited = class(Credit)
function Audited:log()
  Credit.log(self)
  self.seen = (self.seen or 0) + self.balance % 3
end

local accounts = { Account:new("ann"), Credit:new("ben", 50), Audited:new("cleo", 90) }
local refused = 0
for i = 1, n do
  local account = accounts[i % 3 + 1]
  account:deposit(i % 17)
  if not account:withdraw(i % 23) then refused = refused + 1 end
end

print("methods", refused, accounts[1].balance, accounts[2].balance, accounts[3].balance, accounts[3].seen, accounts[3].moves)
