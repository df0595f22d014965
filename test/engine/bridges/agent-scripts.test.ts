// Agents, tools, providers and workflows as scripts use them: what crosses, what waits, what stops whom.
import { describe, expect, test } from "vitest";
import { ApprovalService } from "../../../src/engine/bridges/services/approval.js";
import type { BridgeServices } from "../../../src/engine/bridges/services.js";
import { ProcessStore } from "../../../src/engine/bridges/services/store.js";
import { FIXTURES } from "./fixtures/dialects.js";
import { type Turn, scriptedModel } from "./support/services.js";
import { json, serve, text } from "./support/http-server.js";
import { bridgeWorld, failureOf } from "./support.js";

const KEY = "sk-test-0123456789abcdef";
const calls = (...names: string[]): { name: string }[] => names.map((name) => ({ name }));
const modelled = (...turns: readonly Turn[]): BridgeServices => ({ providers: { providers: { main: scriptedModel(...turns) } } });

describe("calls of models that agents make", () => {
  test("are calls of provider.chat for hooks, with the same arguments and results as a script's", async () => {
    const { lua } = bridgeWorld({ services: modelled("one", "two") });
    const [seen] = await lua(`local seen = {}
      hook.register{ type = hook.Type.PRE, pattern = "provider.chat", handler = function(call) seen[#seen + 1] = { "pre", call.name, tostring(call.args[1]), call.args[2][#call.args[2]].content, call.args[3].model } end }
      hook.register{ type = hook.Type.POST, pattern = "provider.chat", handler = function(call) seen[#seen + 1] = { "post", call.result.content, call.result.finish_reason, call.result.usage.total_tokens } end }
      agent.create{ name = "a", provider = "main", model = "m" }:run("hello")
      provider.chat("main", { { role = "user", content = "hello" } }, { model = "m" })
      return seen`) as [unknown[][]];
    expect(seen[0]).toEqual(["pre", "provider.chat", "main", "hello", "m"]);
    expect(seen[1]).toEqual(["post", "one", "stop", 15]);
    expect(seen[2]!.slice(3)).toEqual(["hello", "m"]);
    expect(seen[3]).toEqual(["post", "two", "stop", 15]);
  });

  test("can be changed, answered, done again and refused by hooks", async () => {
    const { lua } = bridgeWorld({ services: { providers: { providers: { main: { type: "local", rules: [{ match: "*", turns: [{ reply: "you said {input}" }] }] } } } } });
    const run = (hook: string): string => `hook.register{ ${hook} } local a = agent.create{ name = "a" } local ok, r = pcall(a.run, a, "x")`;
    expect(await lua(`${run('type = "pre", pattern = "provider.*", handler = function(c) c.args[2][1].content = "y" return { args = c.args } end')} return r.content`)).toEqual(["you said y"]);
    const answered = bridgeWorld({ services: modelled("never") });
    expect(await answered.lua(`${run('type = "pre", pattern = "provider.chat", handler = function() return { result = { content = "cached" } } end')}
      return r.content, r.usage.total_tokens, agent.get_budget().spent.model_calls`)).toEqual(["cached", 0, 0]);
    const twice = bridgeWorld({ services: modelled("first", "second") });
    expect(await twice.lua(`${run('type = "around", pattern = "provider.chat", handler = function(c, next) next() return next() end')}
      return r.content, agent.get_budget().spent.model_calls`)).toEqual(["second", 2]);
    const refused = bridgeWorld({ services: modelled("never") });
    expect(await refused.lua(`${run('type = "pre", pattern = "provider.chat", handler = function() error({ code = "no", message = "not today" }) end')} return ok, agent.get_budget().spent.model_calls`)).toEqual([false, 0]);
  });

  test("may ask for tools out of a hook, and stream", async () => {
    const { lua } = bridgeWorld({ services: modelled("done") });
    expect(await lua(`local asked = false
      hook.register{ type = "pre", pattern = "provider.chat", handler = function()
        if not asked then asked = true return { result = { content = "", tool_calls = { { id = "1", name = "add", arguments = { a = 1 } } } } } end end }
      local a = agent.create{ name = "a", tools = { { name = "add", execute = function(x) return x.a + 1 end } } }
      local r = a:run("x") return r.content, r.tool_calls[1].result`)).toEqual(["done", 2]);
    const streaming = bridgeWorld();
    expect(await streaming.lua(`local seen, text = {}, ""
      hook.register{ type = "around", pattern = "provider.stream", handler = function(c, next) seen[1] = c.name return next() end }
      local r = agent.create{ name = "a" }:stream("x", function(chunk) text = text .. chunk.content end)
      return seen[1], text == r.content`)).toEqual(["provider.stream", true]);
  });

  test.each([
    ["an answer that is none", 'return { result = 5 }'],
    ["an answer with other content", 'return { result = { content = {} } }'],
    ["usage below nothing", 'return { result = { content = "x", usage = { prompt_tokens = -5 } } }'],
    ["calls that are none", 'return { result = { content = "x", tool_calls = { 1 } } }'],
    ["no provider", 'return { args = { 7, "x" } }'],
    ["a provider that is not there", 'return { args = { "elsewhere", "x" } }'],
    ["options that are wrong", 'return { args = { "main", "x", { temperature = 100 } } }'],
    ["options that do not exist", 'return { args = { "main", "x", { api_key = "x" } } }'],
    ["messages that are none", 'return { args = { "main", { { role = "root", content = "x" } } } }'],
  ])("a hook that gives %s fails the run", async (_, body) => {
    const { lua } = bridgeWorld({ services: modelled("never", "never") });
    expect(await lua(`hook.register{ type = "pre", pattern = "provider.chat", handler = function() ${body} end }
      local a = agent.create{ name = "a" } local ok, e = pcall(a.run, a, "x") return ok, type(e.message)`)).toEqual([false, "string"]);
  });

  test("are told as events, as a script's calls are", async () => {
    const { lua } = bridgeWorld({ services: modelled("one", "two") });
    const [seen] = await lua(`local seen = {}
      event.subscribe("provider.*", function(e) seen[#seen + 1] = { e.type, e.data.name, e.data.model, e.data.usage and e.data.usage.total_tokens or e.data.messages } end)
      agent.create{ name = "a", model = "m" }:run("hello")
      provider.chat("main", "hello", { model = "m" })
      async.sleep(5)
      return seen`) as [unknown[][]];
    const call = [["provider.called", "main", "m", 1], ["provider.completed", "main", "m", 15]];
    expect(seen).toEqual([...call, ...call]);
  });
});

describe("agents in scripts", () => {
  test("give everything about a run as tables", async () => {
    const { lua } = bridgeWorld({ services: modelled([{ name: "add", arguments: { a: 1, b: 2 } }], "three") });
    const [result] = await lua(`
      local a = agent.create{ name = "a", model = "m", tools = { { name = "add", parameters = { type = "object" }, execute = function(args) return { sum = args.a + args.b, list = { 1, 2 } } end } } }
      return a:run("1+2?")`);
    expect(result).toMatchObject({
      content: "three", finish_reason: "stop", turns: 2, usage: { prompt_tokens: 20, completion_tokens: 10, total_tokens: 30 },
      tool_calls: [{ id: "c1_0", name: "add", arguments: { a: 1, b: 2 }, result: { sum: 3, list: [1, 2] } }],
    });
    expect((result as { messages: unknown[] }).messages).toEqual([
      { role: "user", content: "1+2?" }, { role: "assistant", content: "", tool_calls: [{ id: "c1_0", name: "add", arguments: { a: 1, b: 2 } }] },
      { role: "tool", content: "{\"sum\":3,\"list\":[1,2]}", tool_call_id: "c1_0", name: "add" }, { role: "assistant", content: "three" },
    ]);
  });

  test("can be asked with data, closed, listed, found by name, and are gone when destroyed", async () => {
    const { lua } = bridgeWorld();
    const result = await lua(`
      local out = {}
      do
        local a <close> = agent.create{ name = "first" }
        out[1] = a:run{ question = "why", n = 3 }.content
        out[2] = agent.exists("first") and #agent.list()
      end
      out[3] = agent.exists("first")
      local b = agent.create{ name = "b" }
      out[4] = agent.get_state("b") out[5] = b:destroy() out[6] = agent.get_state(b) out[7] = agent.exists(b)
      out[8] = select(2, pcall(b.run, b, "x")).code
      return table.unpack(out)`);
    expect(result).toEqual(["Offline answer to: {\"question\":\"why\",\"n\":3}", 1, false, "ready", true, "stopped", false, "destroyed"]);
  });

  test("run tools that wait, at the same time", async () => {
    const { lua, printed } = bridgeWorld({ services: modelled([{ name: "slow", arguments: { ms: 60, tag: "a" } }, { name: "slow", arguments: { ms: 20, tag: "b" } }], "ok") });
    const begin = performance.now();
    await lua(`local a = agent.create{ name = "a", tools = { { name = "slow", execute = function(args) async.sleep(args.ms) print(args.tag) return args.tag end } } }
      for _, call in ipairs(a:run("go").tool_calls) do print(call.result) end`);
    expect(printed).toEqual(["b", "a", "a", "b"]);
    expect(performance.now() - begin).toBeGreaterThan(55);
  });

  test("tell the model what Lua tools raise, whatever it is", async () => {
    const { lua } = bridgeWorld({ services: modelled(calls("text", "value", "bridge", "nothing"), "ok") });
    const [errors] = await lua(`
      local a = agent.create{ name = "a", tools = {
        { name = "text", execute = function() error("no paper", 0) end }, { name = "value", execute = function() error({ code = 7 }) end },
        { name = "bridge", execute = function() return agent.create{ name = "x", tools = { "nope" } } end }, { name = "nothing", execute = function() end } } }
      local out = {}
      for i, call in ipairs(a:run("go").tool_calls) do out[i] = call.error or "fine" end
      return out`);
    expect(errors).toEqual(["no paper", "(error object is a table value)", "no tool 'nope'", "fine"]);
  });

  test("end with the limits of their context, which no tool can hide from", async () => {
    const { lua } = bridgeWorld({ services: modelled(calls("spin")), limits: { instructions: 300_000 } });
    const error = await failureOf(lua(`local a = agent.create{ name = "a", tools = { { name = "spin", execute = function() pcall(function() while true do end end) end } } }
      while true do pcall(a.run, a, "go") end`));
    expect(error.code).toBe("limit");
  });

  test("stop with their script", async () => {
    let aborted = false;
    const model = scriptedModel("x");
    const hanging = { ...model, chat: (_: unknown, { signal }: { signal?: AbortSignal } = {}) => new Promise<never>((__, reject) => { signal!.addEventListener("abort", () => { aborted = true; reject(new Error("gone")); }); }) };
    const { lua } = bridgeWorld({ services: { providers: { providers: { main: hanging } } } });
    const abort = new AbortController();
    setTimeout(() => abort.abort(new Error("enough")), 20);
    const error = await failureOf(lua(`local a = agent.create{ name = "a" } pcall(a.run, a, "x") return "went on"`, { signal: abort.signal }));
    expect([error.code, aborted]).toEqual(["cancelled", true]);
  });

  test("are charged for what their tools run, through pcall and tasks", async () => {
    const model = scriptedModel((request) => (request.messages.at(-1)!.content === "outer" ? calls("inner") : "ok"));
    const { lua } = bridgeWorld({ services: { providers: { providers: { main: model } } } });
    const [code, account, spent] = await lua(`
      local inner = agent.create{ name = "inner" }
      local outer = agent.create{ name = "outer", budget = { model_calls = 4 }, tools = { { name = "inner", execute = function()
        for i = 1, 100 do pcall(function() await(async(function() inner:run("again") end)) end) end
        return "hidden"
      end } } }
      local ok, e = pcall(outer.run, outer, "outer")
      return e.code, e.account, agent.get_budget(inner).spent.model_calls`);
    expect([code, account, spent]).toEqual(["budget", "agent 'outer'", 3]);
    expect(model.requests).toHaveLength(4);
  });

  test("have a context's budget over them", async () => {
    const { lua } = bridgeWorld({ services: { budget: { modelCalls: 2 } } });
    const result = await lua(`
      local a, out = agent.create{ name = "a" }, {}
      for i = 1, 3 do out[i] = pcall(a.run, a, "x") end
      out[4] = select(2, pcall(provider.chat, "local", "x")).message
      return table.unpack(out)`);
    expect(result).toEqual([true, true, false, "budget of this context exhausted: 3 of 2 model calls"]);
  });

  test("stream in order, and wait for a function that waits", async () => {
    const { lua } = bridgeWorld({ services: modelled("one, three, five") });
    const [text, busy] = await lua(`
      local text, busy, most = "", 0, 0
      local a = agent.create{ name = "a" }
      a:stream("x", function(chunk) busy = busy + 1 most = math.max(most, busy) async.sleep(1) text = text .. chunk.content .. "|" busy = busy - 1 end)
      return text, most`);
    expect([text, busy]).toEqual(["one|, thre|e|, five|", 1]);
  });
});

describe("tools in scripts", () => {
  test("run sandboxed in a context of their own, with limits", async () => {
    const { lua } = bridgeWorld();
    const result = await lua(`
      secret = "mine"
      tool.register{ name = "look", mode = "sandboxed", execute = function() return { secret = tostring(secret), io = type(io), require = type(require), load = tostring(load and pcall(load, "return 1")) } end }
      tool.register{ name = "spin", mode = "sandboxed", limits = { instructions = 10000 }, execute = function() while true do end end }
      tool.register{ name = "leak", mode = "sandboxed", execute = function() return function() end end }
      tool.register{ name = "fail", mode = "sandboxed", execute = function() error("broken", 0) end }
      local out = { tool.execute("look") }
      for i, name in ipairs{ "spin", "leak", "fail" } do local ok, e = pcall(tool.execute, name) out[i + 1] = e.code .. ": " .. e.message end
      return table.unpack(out)`);
    expect(result[0]).toMatchObject({ secret: "nil", load: "false" });
    expect(result.slice(1)).toEqual([
      "limit: the tool 'spin' was stopped: instruction limit reached (10000)", "invalid_result: a sandboxed tool gives data, no functions and objects", "script: broken",
    ]);
  });

  test("answer with promises when they are async", async () => {
    const { lua } = bridgeWorld();
    expect(await lua(`
      tool.register{ name = "later", mode = tool.ExecutionMode.ASYNC, execute = function(args) async.sleep(5) if args.bad then error("bad", 0) end return args.n * 2 end }
      local a, b = tool.execute("later", { n = 1 }), tool.execute("later", { n = 2 })
      local before = a:status()
      local ok, e = pcall(await, tool.execute("later", { bad = true }))
      return before, await(a) + await(b), ok, e`)).toEqual(["pending", 6, false, "bad"]);
  });

  test("reach files and hosts that the policy grants, and no others", async () => {
    const { lua } = bridgeWorld();
    const result = await lua(`
      local out = {}
      for i, call in ipairs{ { "file_read", { path = "/etc/passwd" } }, { "file_write", { path = "/x", content = "" } }, { "http_request", { url = "http://127.0.0.1:1/" } } } do
        local ok, e = pcall(tool.execute, call[1], call[2]) out[i] = e.code
      end
      local names = {}
      for _, t in ipairs(tool.discover()) do names[#names + 1] = t.name end
      return out, names`);
    expect(result).toEqual([["permission", "permission", "permission"], ["calculate", "current_time", "json_format", "json_parse", "json_query"]]);
  });

  test.each([
    ["1 + 2 * 3", 7], ["(1 + 2) * 3", 9], ["-2^2", -4], ["2^3^2", 512], ["10 % 4 + -7 % 3", 4], ["min(3, 1, 2) + sqrt(16)", 5], ["2e3 / 4", 500], ["--3", 3],
  ])("calculate %s", async (expression, value) => {
    const { lua } = bridgeWorld();
    expect(await lua(`return tool.execute("calculate", { expression = "${expression}" })`)).toEqual([value]);
  });

  test.each(["", "1 +", "(1", "1 / 0", "process.exit()", "constructor", "__proto__", "1; 2", "f(1)", "(".repeat(300), "sqrt"])("calculate refuses %s", async (expression) => {
    const { lua } = bridgeWorld();
    expect(await lua(`return select(2, pcall(tool.execute, "calculate", { expression = ${JSON.stringify(expression)} })).code`)).toEqual(["invalid"]);
  });

  test("the data tools", async () => {
    const { lua } = bridgeWorld();
    expect(await lua(`local v = tool.execute("json_parse", { text = '{"items": [{"name": "x"}]}' })
      return tool.execute("json_query", { value = v, path = "items.1.name" }), tool.execute("json_format", { value = v }), pcall(tool.execute, "json_query", { value = v, path = "items.9" })`))
      .toEqual(["x", "{\"items\":[{\"name\":\"x\"}]}", false, expect.objectContaining({ code: "not_found" })]);
  });
});

describe("approval in scripts", () => {
  test("holds a call until the host answers, for tools and hooks", async () => {
    const approval = new ApprovalService();
    const { lua } = bridgeWorld({ services: { approval } });
    const run = lua(`
      tool.register{ name = "act", requires_approval = true, execute = function(args) return "acted on " .. args.what end }
      hook.register{ builtin = hook.Builtin.APPROVAL, pattern = "agent.run", options = { reason = "costs money" } }
      local a = agent.create{ name = "spender" }
      return tool.execute("act", { what = "x" }), a:run("hello").content, select(2, pcall(a.run, a, "again")).code`);
    const seen: unknown[] = [];
    for (const answer of [{ approved: true, arguments: { what: "y" } }, { approved: true }, { approved: false, note: "no" }]) {
      while (approval.pending().length === 0) await new Promise((resolve) => { setTimeout(resolve, 5); });
      const [request] = approval.pending();
      seen.push([request!.kind, request!.subject, request!.arguments, request!.reason]);
      approval.answer(request!.id, answer);
    }
    expect(await run).toEqual(["acted on y", "Offline answer to: hello", "not_approved"]);
    expect(seen).toEqual([["tool", "act", { what: "x" }, undefined], ["hook", "agent.run", ["spender", "hello"], "costs money"], ["hook", "agent.run", ["spender", "again"], "costs money"]]);
  });

  test("keeps nothing busy, and ends with its script", async () => {
    const approval = new ApprovalService();
    const { context, lua } = bridgeWorld({ services: { approval } });
    const abort = new AbortController();
    const run = failureOf(lua('tool.register{ name = "act", requires_approval = true, execute = function() end } tool.execute("act")', { signal: abort.signal }));
    while (approval.pending().length === 0) await new Promise((resolve) => { setTimeout(resolve, 5); });
    const before = context.statistics.instructions;
    await new Promise((resolve) => { setTimeout(resolve, 100); });
    expect([context.statistics.instructions, context.state]).toEqual([before, "suspended"]);
    abort.abort(new Error("closing"));
    expect((await run).code).toBe("cancelled");
    await new Promise((resolve) => { setTimeout(resolve, 5); });
    expect(approval.pending()).toEqual([]);
  });

  test("fails at once where nobody can answer", async () => {
    const { lua } = bridgeWorld();
    expect(await lua('tool.register{ name = "act", requires_approval = true, execute = function() end } return select(2, pcall(tool.execute, "act")).message'))
      .toEqual(["the tool 'act' needs an approval, and nobody can give it"]);
  });
});

describe("what lives in the host's memory", () => {
  test.each([
    ["agent", 'agent.create{ name = "a" }'], ["tool", 'tool.register{ name = "t" .. i, execute = print }'], ["workflow", 'workflow.create{ name = "w" }'],
    ["provider", 'provider.create{ name = "p" .. i }'], ["mock", "test.create_mock()"],
  ])("%ss are counted", async (_, call) => {
    const { lua } = bridgeWorld();
    const [code] = await lua(`for i = 1, 20000 do local ok, e = pcall(function() ${call} end) if not ok then return e.code end end`);
    expect(["too_many", "bad_request"]).toContain(code);
  });

  test("outputs of workflows and conversations have a size", async () => {
    const { lua } = bridgeWorld();
    expect(await lua(`local big = ("x"):rep(1000000)
      local w = workflow.create{ name = "w", steps = { { name = "l", times = 100, steps = { function() return big end } } } }
      local r = w:execute()
      local a = agent.create{ name = "a" }
      for i = 1, 5 do a:run(big) end
      return r.status, r.error.code, #agent.get_info(a).messages`)).toEqual(["failed", "too_large", 2]);
  });

  test("only tools are tools, and only agents are agents", async () => {
    const { lua } = bridgeWorld();
    for (const bad of ["{ 1, 2 }", "agent.create{ name = 'other' }", "true", "{ name = 'x' }"]) {
      expect(await lua(`return (pcall(agent.create, { name = "a", tools = { ${bad} } }))`)).toEqual([false]);
      expect(await lua(`return (pcall(workflow.create, { name = "w", steps = { { tool = ${bad} } } })), (pcall(workflow.create, { name = "w", steps = { { agent = tool.get("calculate") } } }))`)).toEqual([false, false]);
    }
  });
});

describe("workflows in scripts", () => {
  test("are refused with the place of what is wrong", async () => {
    const { lua } = bridgeWorld();
    const bad = async (steps: string): Promise<unknown> => (await lua(`return select(2, pcall(workflow.create, { name = "w", steps = { ${steps} } })).message`))[0];
    expect(await bad("3")).toBe("workflow 'w', step 1 is no table and no function");
    expect(await bad("{ name = 'a' }")).toBe("step 'a': what it does is missing ('agent', 'tool', 'run', 'workflow', 'steps' …)");
    expect(await bad("{ name = 'a', run = print, retrys = 1 }")).toBe("step 'a': a step of kind 'script' has no field 'retrys'");
    expect(await bad("{ name = 'a', run = print, retries = -1 }")).toBe("step 'a': 'retries' must be a number from 0 on");
    expect(await lua(`local w = workflow.create{ name = "w", steps = { { name = "a", run = print, depends_on = "b" } } } local ok, problems = w:validate() return ok, problems[1].message`))
      .toEqual([false, "depends on 'b', which is no step beside it"]);
  });

  test("can be paused, cancelled and looked at by other tasks", async () => {
    const { lua } = bridgeWorld();
    expect(await lua(`
      local w = workflow.create{ name = "w", steps = { function() async.sleep(20) return 1 end, function(s) return s.previous.output + 1 end } }
      local running = async(w.execute, w)
      async.sleep(5)
      local during = w.status
      w:pause()
      local paused = await(running)
      local done = w:resume()
      local c = workflow.create{ name = "c", steps = { function() async.sleep(60000) end } }
      local other = async(c.execute, c)
      async.sleep(5)
      c:cancel("not needed")
      local cancelled = await(other)
      return during, paused.status, done.status, done.output, cancelled.status, cancelled.error.message, #w:get_info().steps`))
      .toEqual(["running", "paused", "completed", 2, "cancelled", "not needed", 2]);
  }, 30_000); // less than the step would sleep

  test("end the functions of steps whose time is over or whose workflow is cancelled, at once", async () => {
    const { lua } = bridgeWorld();
    expect(await lua(`
      local went_on = 0
      local function slow() async.sleep(60000) went_on = went_on + 1 end
      local late = workflow.create{ name = "late", steps = { { name = "s", run = slow, timeout = 10, retries = 1, retry_delay = 1 } } }:execute()
      local nested = workflow.create{ name = "nested", steps = { { type = "parallel", steps = { slow, { times = 2, steps = { slow } } } } } }
      local running = async(nested.execute, nested)
      async.sleep(5)
      nested:cancel()
      local rescue = workflow.create{ name = "rescue", timeout = 20, steps = { { name = "s", run = function() error("x") end, on_error = slow } } }:execute()
      return late.status, late.error.code, await(running).status, rescue.error.code, went_on`))
      .toEqual(["failed", "timeout", "cancelled", "timeout", 0]);
  }, 30_000);

  test("go on in another context from what the host's store keeps", async () => {
    const store = new ProcessStore();
    const script = (stop: boolean): string => `
      local done = {}
      local w = workflow.create{ name = "w", checkpoint = "nightly", steps = {
        { name = "one", run = function() done[#done + 1] = "one" return { n = 9007199254740993 } end },
        { name = "two", run = function(s) done[#done + 1] = "two" ${stop ? 'error("the power is out")' : ""} return s.previous.output.n end } } }
      local r = ${stop ? "w:execute()" : "w:resume()"}
      return r.status, r.output, table.concat(done, " ")`;
    expect(await bridgeWorld({ services: { store } }).lua(script(true))).toEqual(["failed", undefined, "one two"]);
    expect(await bridgeWorld({ services: { store } }).lua(script(false))).toEqual(["completed", 9007199254740993n, "two"]);
    const noStore = await bridgeWorld().lua('return select(2, pcall(workflow.create, { name = "w", checkpoint = "x" })).code');
    expect(noStore).toEqual(["no_store"]);
  });

  test("refuse states that are none", async () => {
    const { lua } = bridgeWorld();
    expect(await lua(`local w, out = workflow.create{ name = "w", steps = { print } }, {}
      for i, state in ipairs{ "{", "[]", {}, { version = 1, id = "x", workflow = "w", status = "paused", steps = { a = 1 } } } do out[i] = select(2, pcall(w.resume, w, state)).code end
      return out`)).toEqual([["syntax", "invalid", "invalid", "invalid"]]);
  });
});

describe("keys", () => {
  test("are in no value, error, event or log that a script or its host's logs can see", async () => {
    const leaky = await serve((response, request, number) => {
      const sent = `${request.headers.authorization ?? ""} ${JSON.stringify(request.headers)}`;
      if (request.path.endsWith("/models")) return json({ data: [{ id: KEY }] })(response, request, number);
      if (request.body.includes("fail")) return json({ error: { message: `invalid key ${sent}` } }, 401)(response, request, number);
      if (request.body.includes("\"stream\":true")) {
        const events = [...`you sent ${sent}`].map((content) => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`);
        return text(`${events.join("")}data: [DONE]\n\n`)(response, request, number);
      }
      return json({ ...(FIXTURES.openai.chat as object), model: KEY, choices: [{ message: { role: "assistant", content: `you sent ${sent}` } }] })(response, request, number);
    });
    const log: string[] = [];
    const providers = { providers: { main: { type: "openai" as const, baseUrl: `${leaky.url}/v1`, apiKey: KEY, headers: { "x-extra": `${KEY}-extra` }, policy: { attempts: 1 } } } };
    const { lua, bridges, printed } = bridgeWorld({ services: { providers, log: (message) => log.push(message) } });
    const events = bridges.events.record("*");
    const result = await lua(`
      local seen = {}
      local function look(value, depth)
        seen[#seen + 1] = tostring(value)
        if type(value) == "table" and depth < 8 then for k, v in pairs(value) do look(k, depth + 1) look(v, depth + 1) end end
      end
      local a = agent.create{ name = "a", provider = "main", model = "gpt-4" }
      look(a:run("hello"), 0) look(select(2, pcall(a.run, a, "fail")), 0) look(agent.get_info(a), 0)
      for _, p in ipairs(provider.list()) do
        look(p, 0) look(getmetatable(p), 0)
        for _, field in ipairs{ "name", "type", "status", "usage", "apiKey", "api_key", "key", "headers", "provider", "baseUrl", "config" } do look(select(2, pcall(function() return p[field] end)), 0) end
      end
      look(provider.get_models("main"), 0) look(provider.chat("main", "x"), 0) look(select(2, pcall(provider.chat, "main", "fail")), 0)
      local parts = "" provider.stream("main", "x", function(t) parts = parts .. t end) look(parts, 0)
      return seen`);
    const outside = await failureOf(lua('provider.chat("main", "fail")'));
    const seen = JSON.stringify([result, outside, outside.cause]) + String(outside.stack);
    expect(seen).toContain("[redacted]");
    expect(leaky.seen.every(({ headers }) => headers.authorization === `Bearer ${KEY}`)).toBe(true);
    for (const shown of [seen, JSON.stringify(events.events), log.join("\n"), printed.join("\n")]) expect(shown).not.toContain(KEY);
  });

  test("and addresses cannot be set by a script", async () => {
    const { lua } = bridgeWorld();
    const [key, url] = await lua(`return select(2, pcall(provider.create, { name = "x", type = "openai", api_key = "k" })), select(2, pcall(provider.create, { name = "x", type = "openai", base_url = "http://evil" }))`);
    expect(key).toContain("unknown field 'api_key'");
    expect(url).toContain("unknown field 'base_url'");
  });
});

describe("many at once", () => {
  test("200 scripts on one thread, each with an agent and two tool calls against a slow server, lose nothing", async () => {
    const server = await serve(async (response, request, number) => {
      await new Promise((resolve) => { setTimeout(resolve, 20); });
      const results = request.body.split("\"role\":\"tool\"").length - 1;
      const id = /script (\d+)/.exec(request.body)![1]!;
      const call = { id: `c${results}`, type: "function", function: { name: "add", arguments: JSON.stringify({ a: Number(id), b: results }) } };
      const message = results < 2 ? { role: "assistant", content: null, tool_calls: [call] } : { role: "assistant", content: `done ${id}` };
      return json({ model: "m", choices: [{ message }], usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 } })(response, request, number);
    });
    const services: BridgeServices = { providers: { providers: { main: { type: "openai", baseUrl: `${server.url}/v1`, apiKey: KEY } } } };
    const runs = Array.from({ length: 200 }, async (_, i) => bridgeWorld({ services }).lua(`
      local a = agent.create{ name = "a", tools = { { name = "add", parameters = { type = "object", required = { "a", "b" } }, execute = function(args) return args.a + args.b end } } }
      local r = a:run("I am script ${i}.")
      return r.content, r.tool_calls[1].result, r.tool_calls[2].result, r.usage.total_tokens`));
    expect(await Promise.all(runs)).toEqual(Array.from({ length: 200 }, (_, i) => [`done ${i}`, i, i + 1, 6]));
    expect(server.seen).toHaveLength(600);
  });
});
