// The loop of an agent: ask the model, run the tools it calls, tell it their results, until it answers.
import { type Budget, BudgetExhausted, type Clock } from "./budget.js";
import { bytesOfMessages } from "./agent-conversation.js";
import { BridgeFailure, messageOf } from "./failure.js";
import {
  type ChatMessage, type ChatRequest, type ChatResponse, type FinishReason, type JsonSchema, NO_USAGE, type ToolCall, type ToolDefinition, type Usage, addUsage,
} from "./providers/chat.js";
import { estimateMessageTokens } from "./providers/local.js";
import { type Keep, Kept } from "./kept.js";
import type { ProviderService } from "./providers/provider-service.js";
import type { Stop } from "./stop.js";
import type { SchemaProblem, Tool, ToolContext, ToolService } from "./tools.js";

/** What happens during a run, as it happens. */
export type AgentChunk =
  | { readonly type: "text"; readonly content: string }
  | { readonly type: "tool_call"; readonly id: string; readonly name: string; readonly arguments: Readonly<Record<string, unknown>> }
  | { readonly type: "tool_result"; readonly id: string; readonly name: string; readonly content: string; readonly isError: boolean };

/** A tool call with what came of it. */
export interface ToolCallRecord {
  readonly id: string;
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  /** What the tool gave; undefined when it failed. */
  readonly result?: unknown;
  readonly error?: string;
}

export interface AgentResult {
  readonly content: string;
  readonly toolCalls: readonly ToolCallRecord[];
  /** The messages of this run, from the input to the answer. */
  readonly messages: readonly ChatMessage[];
  readonly usage: Usage;
  readonly finishReason: FinishReason | "max_turns";
  /** The answer as data, where the agent has a response schema. */
  readonly data?: unknown;
  readonly turns: number;
  /** Estimated tokens of the messages. */
  readonly tokens: number;
}

/** What a run needs. All of it is the caller's; the loop keeps nothing. */
export interface AgentRun {
  readonly agent: string;
  /** What the model has to know before the input: system prompt and conversation. */
  readonly history: readonly ChatMessage[];
  readonly input: string;
  /** The agent's provider. */
  readonly provider: string;
  readonly model: string;
  readonly temperature: number | undefined;
  readonly maxTokens: number | undefined;
  readonly tools: ReadonlyMap<string, Tool>;
  readonly maxTurns: number;
  readonly responseSchema: JsonSchema | undefined;
  readonly budget: Budget;
  readonly clock: Clock;
  readonly onChunk: ((chunk: AgentChunk) => void | Promise<void>) | undefined;
  /** What each answer of the model used, also in a run that fails later. */
  readonly onUsage: (usage: Usage) => void;
  /** On whose behalf the tools run: handed through to them. */
  readonly owner?: unknown;
  readonly ports: AgentLoopPorts;
}

export interface AgentLoopPorts {
  readonly providers: Pick<ProviderService, "chat" | "stream" | "cost">;
  readonly tools: Pick<ToolService, "run">;
  /** What is around a call of the model: hooks; nothing unless given. */
  readonly aroundChat?: ((call: ModelCall) => Promise<ChatResponse>) | undefined;
  /** Runs a tool for a model; `tools` does unless given. */
  readonly runTool?: ((tool: Tool, args: Readonly<Record<string, unknown>>, context: ToolContext) => Promise<unknown>) | undefined;
  /** Reads JSON out of a model's prose, broken JSON too. Throws when there is none. */
  readonly extractJson: (text: string) => unknown;
  readonly validate: (schema: JsonSchema, value: unknown) => readonly SchemaProblem[];
  /** Told what the run keeps: its messages, until it is over. */
  readonly keep?: Keep | undefined;
  /** Errors that end the run instead of being told to the model: limits of the host. */
  readonly isFatal?: ((error: unknown) => boolean) | undefined;
  /** The failure behind what a tool threw, where the host wraps failures. */
  readonly unwrap?: ((error: unknown) => unknown) | undefined;
}

/** A call of a model that is about to be made; `send` makes it. */
export interface ModelCall {
  readonly provider: string;
  readonly request: ChatRequest;
  readonly onText: OnText | undefined;
  readonly owner: unknown;
  readonly send: SendToModel;
}

type OnText = (text: string) => void | Promise<void>;
/** Sends a request, charged before and after. */
export type SendToModel = (provider: string | undefined, request: ChatRequest, onText: OnText | undefined) => Promise<ChatResponse>;

/** Runs an agent to its answer. Rejects with the first error that the model cannot be told of. */
export async function runLoop(run: AgentRun): Promise<AgentResult> {
  const state = new LoopState(run);
  try {
    for (;;) {
      const response = await state.ask();
      state.note(response);
      if (response.toolCalls.length === 0) {
        const checked = state.finish(response);
        if (checked !== undefined) return checked;
      } else {
        if (state.turns >= run.maxTurns) return state.giveUp(response);
        await state.callTools(response.toolCalls);
      }
    }
  } finally {
    state.kept.release();
  }
}

/** What a tool gets. */
class CallContext implements ToolContext {
  readonly budget: Budget;
  readonly clock: Clock;
  readonly caller: string;
  readonly owner: unknown;
  readonly stop: Stop;

  constructor({ budget, clock, agent, owner }: AgentRun) {
    this.budget = budget;
    this.clock = clock;
    this.caller = agent;
    this.owner = owner;
    this.stop = clock.stop;
  }

  get signal(): AbortSignal {
    return this.stop.signal;
  }
}

class LoopState {
  turns = 0;
  private usage = NO_USAGE;
  private repaired = false;
  private readonly messages: ChatMessage[] = [];
  private readonly calls: ToolCallRecord[] = [];
  private readonly tools: readonly ToolDefinition[];
  /** Estimated tokens of the history and the messages so far. */
  private tokens: number;
  private readonly historyTokens: number;
  /** The messages of the request that was made last: they have {@link tokens}. */
  private sent: readonly ChatMessage[] | undefined;
  readonly kept: Kept;
  /** For all calls of tools. */
  private readonly context: ToolContext;

  constructor(private readonly run: AgentRun) {
    this.context = new CallContext(run);
    this.kept = new Kept(run.ports.keep);
    this.tools = Array.from(run.tools.values(), ({ name, description, parameters = { type: "object", properties: {} } }) => ({ name, description, parameters }));
    this.tokens = this.historyTokens = tokensOf(run.history);
    this.add({ role: "user", content: run.input });
  }

  private add(message: ChatMessage): void {
    const tokens = estimateMessageTokens(message);
    this.kept.add(bytesOfMessages(1, tokens));
    this.tokens += tokens;
    this.messages.push(message);
  }

  /** One call of the model. */
  ask(): Promise<ChatResponse> {
    const { ports, provider, onChunk, owner } = this.run;
    this.turns++;
    const request = this.request();
    const onText: OnText | undefined = onChunk === undefined ? undefined : (content) => onChunk({ type: "text", content });
    return ports.aroundChat === undefined ? this.send(provider, request, onText) : ports.aroundChat({ provider, request, onText, owner, send: this.send });
  }

  /** The model has said something. */
  note({ content, toolCalls }: ChatResponse): void {
    this.add(toolCalls.length === 0 ? { role: "assistant", content } : { role: "assistant", content, toolCalls });
  }

  /** Sends a request, charged before and after. */
  private readonly send: SendToModel = (provider, request, onText) => {
    try {
      const { budget, ports: { providers }, clock } = this.run;
      budget.take("modelCalls");
      const promptTokens = request.messages === this.sent ? this.tokens : tokensOf(request.messages);
      const limited = this.limited(request, promptTokens);
      budget.reservePrompt(promptTokens);
      const answer = onText === undefined ? providers.chat(provider, limited, clock.stop) : providers.stream(provider, limited, onText, clock.stop);
      return answer.then((response) => {
        budget.releasePrompt(promptTokens);
        this.count(provider, request, response);
        return response;
      }, (error: unknown) => {
        budget.releasePrompt(promptTokens);
        throw error;
      });
    } catch (error) {
      return Promise.reject(error as Error);
    }
  };

  private count(provider: string | undefined, { model }: ChatRequest, { usage }: ChatResponse): void {
    const { budget, ports, onUsage } = this.run;
    this.usage = addUsage(this.usage, usage);
    onUsage(usage);
    budget.spend(usage.totalTokens, ports.providers.cost(provider, model, usage));
  }

  private request(): ChatRequest {
    const { run, tools } = this;
    this.sent = run.history.concat(this.messages);
    return {
      model: run.model, messages: this.sent, tools: tools.length === 0 ? undefined : tools,
      temperature: run.temperature, maxTokens: run.maxTokens, responseSchema: run.responseSchema,
    };
  }

  /** An answer must not be longer than the budget has tokens for. */
  private limited(request: ChatRequest, promptTokens: number): ChatRequest {
    const most = this.run.budget.answerTokens(promptTokens);
    return most === Infinity || (request.maxTokens ?? Infinity) <= most ? request : { ...request, maxTokens: most };
  }

  /** Runs all calls of one turn at once, and tells the model their results in the order of the calls. */
  callTools(calls: readonly ToolCall[]): Promise<void> {
    const { onChunk } = this.run;
    if (onChunk !== undefined) return this.callToolsTelling(calls, onChunk);
    if (calls.length === 1) return this.callTool(calls[0]!).then((record) => void this.noteCall(record));
    return all(calls.map((call) => this.callTool(call))).then((records) => { for (const record of records) this.noteCall(record); });
  }

  private async callToolsTelling(calls: readonly ToolCall[], tell: (chunk: AgentChunk) => void | Promise<void>): Promise<void> {
    for (const { id, name, arguments: args } of calls) await tell({ type: "tool_call", id, name, arguments: args });
    for (const record of await all(calls.map((call) => this.callTool(call)))) {
      const content = this.noteCall(record);
      await tell({ type: "tool_result", id: record.id, name: record.name, content, isError: record.error !== undefined });
    }
  }

  /** Remembers what came of a call. What the model is told of it. */
  private noteCall(record: ToolCallRecord): string {
    const { id, name, result, error } = record;
    const content = error ?? resultText(result);
    this.calls.push(record);
    this.add(error === undefined ? { role: "tool", content, toolCallId: id, name } : { role: "tool", content, toolCallId: id, name, isError: true });
    return content;
  }

  private callTool(call: ToolCall): Promise<ToolCallRecord> {
    return this.runTool(call).then((result) => ({ id: call.id, name: call.name, arguments: call.arguments, result }), (error: unknown) => this.failedCall(call, error));
  }

  private runTool({ name, arguments: args, malformed }: ToolCall): Promise<unknown> {
    const { tools, ports } = this.run;
    try {
      const tool = tools.get(name);
      if (tool === undefined) throw new BridgeFailure("not_found", `there is no tool '${name}'; there are: ${[...tools.keys()].join(", ")}`);
      if (malformed !== undefined) throw new BridgeFailure("invalid_arguments", `the arguments of '${name}' are no JSON object: ${malformed.slice(0, 200)}`);
      return ports.runTool === undefined ? ports.tools.run(tool, args, this.context) : ports.runTool(tool, args, this.context);
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  /** The record of a call that has failed; throws what ends the run. */
  private failedCall({ id, name, arguments: args }: ToolCall, caught: unknown): ToolCallRecord {
    const { run } = this;
    if (run.clock.stop.isStopped || run.ports.isFatal?.(caught) === true) throw caught;
    const error = run.ports.unwrap?.(caught) ?? caught;
    if (error instanceof BudgetExhausted && error.stops(run.budget)) throw error;
    return { id, name, arguments: args, error: messageOf(error) };
  }

  /** The end for want of turns. The calls get answers too: a conversation with a call without result is refused by providers. */
  giveUp({ content, toolCalls }: ChatResponse): AgentResult {
    for (const { id, name } of toolCalls) {
      this.add({ role: "tool", content: "not executed: no turns are left", toolCallId: id, name, isError: true });
    }
    return this.result(content, "max_turns");
  }

  /** The result, or undefined when the model gets a second chance to keep to the schema. */
  finish(response: ChatResponse): AgentResult | undefined {
    const { responseSchema } = this.run;
    if (responseSchema === undefined) return this.result(response.content, response.finishReason);
    const read = this.read(response.content, responseSchema);
    if (read.problem === undefined) return { ...this.result(response.content, response.finishReason), data: read.data };
    if (this.repaired || this.turns > this.run.maxTurns) {
      throw new BridgeFailure("invalid_response", `the answer does not fit the response schema: ${read.problem}`, { details: { content: response.content } });
    }
    this.repaired = true;
    const content = `Your answer does not fit the schema: ${read.problem}. Answer again, with JSON of this schema only: ${JSON.stringify(responseSchema)}`;
    this.add({ role: "user", content });
    return undefined;
  }

  private read(content: string, schema: JsonSchema): { readonly data?: unknown; readonly problem?: string } {
    const { ports } = this.run;
    let data: unknown;
    try {
      data = ports.extractJson(content);
    } catch (error) {
      if (ports.isFatal?.(error) === true) throw error;
      return { problem: messageOf(error) };
    }
    const problems = ports.validate(schema, data);
    if (problems.length === 0) return { data };
    return { problem: problems.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`)).join("; ") };
  }

  result(content: string, finishReason: FinishReason | "max_turns"): AgentResult {
    return { content, toolCalls: this.calls, messages: this.messages, usage: this.usage, finishReason, turns: this.turns, tokens: this.tokens - this.historyTokens };
  }
}

function tokensOf(messages: readonly ChatMessage[]): number {
  let tokens = 0;
  for (const message of messages) tokens += estimateMessageTokens(message);
  return tokens;
}

/** As Promise.all, but the error comes only when all are done: no call goes on behind the back of a run that has ended. */
async function all<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  const outcomes = await Promise.allSettled(promises);
  return outcomes.map((outcome) => {
    if (outcome.status === "rejected") throw outcome.reason;
    return outcome.value;
  });
}

/** What the model is told: texts as they are, everything else as JSON. */
export function resultText(result: unknown): string {
  if (typeof result === "string") return result;
  if (result === undefined) return "null";
  return JSON.stringify(result, (_, value: unknown) => (typeof value === "bigint" ? value.toString() : value)) ?? "null";
}
