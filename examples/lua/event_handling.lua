-- What happens is told on a bus: subscribe by pattern, filter, record and replay. Handlers may wait, and one that fails does not
-- keep the others from being told.

local agent = require "perilune.agent"
local event = require "perilune.event"

local log = event.record("*")

event.subscribe("agent.*", function(e)
  print(("%-16s %s"):format(e.type, e.data.name))
end)

event.subscribe("order.*", function() error("this handler is broken") end, { priority = event.Priority.HIGH })

event.subscribe("order.placed", function(e)
  async.sleep(1) -- a handler may wait
  print("order of " .. e.data.amount .. " by " .. e.data.customer)
end, { filter = event.filter{ data = { customer = "Ann" } } })

event.subscribe("order.placed", function(e) print("first order: " .. e.data.amount) end, { once = true })

event.subscribe("system.handler_failed", function(e) print("a handler of " .. e.data.event .. " failed") end)

local helper = agent.create{ name = "helper" }
helper:run("Hello")

event.emit("order.placed", { customer = "Ann", amount = 3 })
event.emit("order.placed", { customer = "Bob", amount = 5 })

log:stop()
local names = {}
for _, e in ipairs(log.events) do names[#names + 1] = e.type end
print(table.concat(names, " "))

print("again:")
event.replay(log, "order.*")

for _, subscription in ipairs(event.list_subscriptions()) do
  print(("%-22s told %d, failed %d"):format(subscription.pattern, subscription.delivered, subscription.failed))
end
