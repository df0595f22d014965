-- An agent, a question, an answer.
--
--   perilune run --bridges all basic_agent.lua
--   perilune run --bridges all --provider openai=https://api.openai.com/v1 basic_agent.lua
--
-- Without a provider the answer comes from the offline one: the same answer every time, and no network.

local agent = require "perilune.agent"

local helper <close> = agent.create{
  name = "helper",
  provider = "openai",
  model = "gpt-4",
  system_prompt = "Answer in one sentence.",
}

local answer = helper:run("What is a coroutine?")
print("answer: " .. answer.content)
print("finish: " .. answer.finish_reason)

-- It remembers the conversation: the second question is sent after the first one and its answer.
local again = agent.run(helper, "And a thread?")
print("answer: " .. again.content)

local info = agent.get_info(helper)
print(("%s (%s): %s, %d runs, %d messages remembered"):format(info.name, info.model, info.state, info.runs, #info.messages))
print("tokens: " .. info.usage.total_tokens)
