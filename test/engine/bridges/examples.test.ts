// The examples run offline, in a restricted sandbox, and print what they always print. So do the three programs that scripts of
// the older engine are made of.
import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ApprovalService } from "../../../src/engine/bridges/services/approval.js";
import { bridgeWorld } from "./support.js";

const NAMES = readdirSync("examples/lua").filter((name) => name.endsWith(".lua") && name !== "word_count.lua").map((name) => name.slice(0, -4));

describe("examples", () => {
  test("are all there", () => {
    expect(NAMES).toEqual(expect.arrayContaining([
      "agent", "approval", "async_workflow", "basic_agent", "budget", "event_handling", "memory_management", "schema_validation", "streaming", "tool_usage",
    ]));
  });

  test.each(NAMES)("%s", async (name) => {
    const approval = new ApprovalService();
    approval.onRequest(({ id, arguments: args }) => {
      const approved = (args as { path: string }).path === "old.log";
      setTimeout(() => approval.answer(id, { approved, note: "ask the boss first" }), 1);
    });
    const { context, printed } = bridgeWorld({ services: { approval }, limits: { instructions: 5_000_000, memory: 32 * 1024 * 1024, time: 30_000 } });
    await context.execute(readFileSync(`examples/lua/${name}.lua`, "utf8"), { chunkName: `${name}.lua` });
    await expect(`${printed.join("\n")}\n`).toMatchFileSnapshot(`examples/${name}.txt`);
  });
});

describe("programs of the older engine run unchanged", () => {
  test("an agent and what is known of it", async () => {
    const log: string[] = [];
    const { context, printed } = bridgeWorld({ services: { log: (message) => log.push(message) } });
    await context.execute(`local zigllms = require("zigllms.agent")
local agent = zigllms.create({ name = "helper_agent", provider = "openai", model = "gpt-4", temperature = 0.7 })
local response = zigllms.run(agent, "Explain quantum computing")
print("Agent response:", response.content)
local info = zigllms.get_info(agent)
print("Agent ID:", info.id)
print("Total tokens used:", info.usage.total_tokens)`);
    expect(printed).toEqual(["Agent response:\tOffline answer to: Explain quantum computing", "Agent ID:\tagent-1", "Total tokens used:\t22"]);
    expect(log).toEqual(["no provider is configured: 'openai' and every other name stand for the offline provider"]);
  });

  test("two agents, one after the other, in tasks", async () => {
    const { context, printed } = bridgeWorld();
    await context.execute(`local agent = require("zigllms.agent")
local workflow = require("zigllms.workflow")
local research_agent = agent.create({ name = "researcher", model = "gpt-4", system_prompt = "You are a research assistant." })
local writer_agent = agent.create({ name = "writer", model = "gpt-4", system_prompt = "You are a technical writer." })
async(function()
  local research_result = await(async(function() return agent.run(research_agent, "Research the latest developments in AI") end))
  local article = await(async(function() return agent.run(writer_agent, "Write an article based on: " .. research_result.content) end))
  print("Final article:", article.content)
end)`);
    expect(printed).toEqual(["Final article:\tOffline answer to: Write an article based on: Offline answer to: Research the latest developments in AI"]);
  });

  test("a result for the host", async () => {
    const { context } = bridgeWorld();
    expect(await context.execute(`local zigllms = require("zigllms.agent")
local agent = zigllms.create({ name = "test_agent", provider = "openai", model = "gpt-4", temperature = 0.7 })
local result = await(async(function() return zigllms.run(agent, "Hello, world!").content end))
return { agent_id = zigllms.get_info(agent).id, response = result }`)).toEqual({ agent_id: "agent-1", response: "Offline answer to: Hello, world!" });
  });
});
