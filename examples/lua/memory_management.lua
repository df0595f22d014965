-- What is remembered: values in scopes with lifetimes, conversations that stay within a budget of tokens, search, and a store that
-- outlives the process (with `perilune run --store DIR`; otherwise the process).

local agent = require "perilune.agent"
local memory = require "perilune.memory"

memory.store("user.name", "Ann", { type = memory.Type.LONG_TERM })
memory.store("user.city", "Oslo", { tags = { "place" } })
memory.store("draft", { title = "On tables", words = 1200 }, { ttl = 3600 })
print(memory.retrieve("user.name"), memory.retrieve("draft").words, memory.retrieve("nothing", { default = "no such key" }))
print(table.concat(memory.list_keys{ pattern = "user.*" }, " "))

-- A conversation as a list with a budget: the oldest items go.
for i = 1, 50 do
  memory.store("chat", { role = "user", content = ("message number %d"):format(i) }, { append = true, max_tokens = 120 })
end
local chat = memory.retrieve("chat")
print(#chat < 50, chat[#chat].content)

-- Search by words, best first.
memory.store("note.1", "Coroutines are functions that can stop and go on")
memory.store("note.2", "Threads run at the same time")
memory.store("note.3", "A coroutine is no thread; coroutines take turns")
for _, match in ipairs(memory.search("coroutines", { limit = 2 })) do print(match.key, match.value) end

-- What was persisted is there after a loss.
print("persisted:", memory.persist("session") > 0)
memory.clear()
print("cleared:", #memory.list_keys())
memory.load("session")
print("loaded:", memory.retrieve("user.city"))

-- An agent remembers its conversation by itself: the newest turns that fit.
local helper = agent.create{ name = "helper", memory = { max_messages = 4 } }
for _, question in ipairs{ "one", "two", "three" } do helper:run(question) end
local kept = {}
for _, message in ipairs(agent.get_info(helper).messages) do kept[#kept + 1] = message.role .. " " .. #message.content end
print(table.concat(kept, ", "))
helper:reset()
print("after reset:", #agent.get_info(helper).messages)
