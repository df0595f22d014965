// Agents: a model with a name, a prompt, tools, a memory and a budget. The loop itself is in agent-loop.ts.
import { type AgentChunk, type AgentLoopPorts, type AgentResult, runLoop } from "./agent-loop.js";
import { Conversation, type ConversationLimits } from "./agent-conversation.js";
import { Account, Budget, type BudgetLimits, type Clock } from "./budget.js";
import { BridgeFailure, messageOf } from "./failure.js";
import { type ChatMessage, type JsonSchema, NO_USAGE, type Usage, addUsage, eventUsage } from "./providers/chat.js";
import type { Events } from "./events.js";
import { sizeOf } from "./json-value.js";
import { type Keep, Kept } from "./kept.js";
import type { ProviderService } from "./providers/provider-service.js";
import { Stop, type Stoppable, stoppable } from "./stop.js";
import { type Tool, type ToolService, bytesOfTool } from "./tools.js";

export const AGENT_STATES = ["idle", "ready", "running", "completed", "error", "stopped"] as const;
export type AgentState = (typeof AGENT_STATES)[number];

/** An agent's tool: the name of a registered one, or one of its own. */
export type AgentTool = string | Tool;

export interface AgentConfig {
  readonly name: string;
  /** A provider's name; the default one unless given. */
  readonly provider?: string;
  readonly model?: string;
  readonly temperature?: number;
  readonly maxTokens?: number;
  readonly systemPrompt?: string;
  readonly tools?: readonly AgentTool[];
  /** false: every run begins with an empty conversation. */
  readonly memory?: boolean | ConversationLimits;
  readonly responseSchema?: JsonSchema;
  /** Calls of the model in one run, 10 unless given. */
  readonly maxTurns?: number;
  readonly budget?: BudgetLimits;
}

export interface RunOptions {
  readonly signal?: AbortSignal | undefined;
  /** In place of `signal`. */
  readonly stopping?: Stoppable | undefined;
  readonly maxTurns?: number | undefined;
  readonly responseSchema?: JsonSchema | undefined;
  /** What the caller is charged to: a workflow's, another agent's. */
  readonly budget?: Budget | undefined;
  /** Limits of this run only. */
  readonly limits?: BudgetLimits | undefined;
  readonly onChunk?: ((chunk: AgentChunk) => void | Promise<void>) | undefined;
  /** Handed through to the tools. */
  readonly owner?: unknown;
}

export interface AgentPorts extends AgentLoopPorts {
  readonly providers: ProviderService;
  readonly tools: ToolService;
  /** The context's own account. */
  readonly account: Account;
  readonly events?: Events;
  readonly now?: () => number;
}

const DEFAULT_MAX_TURNS = 10;
/** Agents of one context at a time. */
const MOST_AGENTS = 500;

export class Agent {
  usage: Usage = NO_USAGE;
  runs = 0;
  lastError: string | undefined;
  conversation: Conversation;
  destroyed = false;
  private readonly kept: Kept;
  /** Stops when the agent is destroyed. */
  readonly stopping = new Stop();
  private running = 0;
  private outcome: AgentState = "ready";

  /** `destroy`: ends what it does and forgets it. */
  constructor(readonly id: string, public config: AgentConfig, readonly account: Account, readonly destroy: () => boolean, private readonly keep?: Keep) {
    this.kept = new Kept(keep);
    this.kept.set(bytesOfConfig(config));
    this.conversation = newConversation(config, keep);
  }

  /** A new configuration; with another memory the conversation begins anew. */
  configure(config: AgentConfig, isMemoryNew: boolean): void {
    this.kept.set(bytesOfConfig(config));
    this.config = config;
    if (!isMemoryNew) return;
    this.conversation.clear();
    this.conversation = newConversation(config, this.keep);
  }

  /** Nothing of it is kept any longer. */
  release(): void {
    this.kept.release();
    this.conversation.clear();
  }

  get name(): string {
    return this.config.name;
  }

  get state(): AgentState {
    return this.running > 0 ? "running" : this.outcome;
  }

  begin(): void {
    this.running++;
    this.runs++;
  }

  end(outcome: AgentState, error?: string): void {
    this.running--;
    this.outcome = outcome;
    this.lastError = error;
  }

  /** As new: no memory, no usage, no error. Money that was spent stays spent. */
  reset(): void {
    this.conversation.clear();
    this.usage = NO_USAGE;
    this.runs = 0;
    this.lastError = undefined;
    this.outcome = "ready";
  }
}

function newConversation({ memory }: AgentConfig, keep: Keep | undefined): Conversation {
  return new Conversation(typeof memory === "object" ? memory : {}, keep);
}

const BYTES_PER_AGENT = 3000;

function bytesOfConfig({ name, systemPrompt = "", responseSchema, tools = [] }: AgentConfig): number {
  const own = tools.reduce((sum, tool) => sum + (typeof tool === "string" ? 0 : bytesOfTool(tool)), 0);
  return BYTES_PER_AGENT + name.length + systemPrompt.length + (responseSchema === undefined ? 0 : sizeOf(responseSchema)) + own;
}

/** The agents of a context. */
export class AgentService {
  readonly #agents = new Map<string, Agent>();
  readonly #ports: AgentPorts;
  #count = 0;

  constructor(ports: AgentPorts) {
    this.#ports = ports;
  }

  /** Throws BridgeFailure when a tool does not exist or the provider is not there. */
  create(config: AgentConfig): Agent {
    this.#check(config);
    if (this.#agents.size >= MOST_AGENTS) throw new BridgeFailure("too_many", `more than ${MOST_AGENTS} agents; destroy some first`);
    const id = `agent-${++this.#count}`;
    const account = new Account(`agent '${config.name}'`, config.budget, this.#ports.now);
    const agent: Agent = new Agent(id, config, account, () => this.destroy(agent), this.#ports.keep);
    this.#agents.set(id, agent);
    if (this.#isHeard("agent.created")) this.#emit("agent.created", agent, { model: config.model });
    return agent;
  }

  /** Changes part of an agent's configuration, from its next run on. */
  configure(agent: Agent, changes: Partial<AgentConfig>): void {
    const config = { ...agent.config, ...changes };
    this.#check(config);
    agent.configure(config, changes.memory !== undefined);
    if (changes.budget !== undefined) agent.account.setLimits(changes.budget);
  }

  /** Stops what the agent does and forgets it. Answers whether it was there. */
  destroy(agent: Agent): boolean {
    if (!this.#agents.delete(agent.id)) return false;
    agent.destroyed = true;
    agent.release();
    agent.stopping.stop(new BridgeFailure("cancelled", `the agent '${agent.name}' was destroyed`));
    this.#emit("agent.destroyed", agent);
    return true;
  }

  /** By id, else the newest agent of that name. */
  get(idOrName: string): Agent {
    const agent = this.find(idOrName);
    if (agent === undefined) throw new BridgeFailure("not_found", `no agent '${idOrName}'`);
    return agent;
  }

  find(idOrName: string): Agent | undefined {
    return this.#agents.get(idOrName) ?? [...this.#agents.values()].findLast((agent) => agent.name === idOrName);
  }

  list(): readonly Agent[] {
    return [...this.#agents.values()];
  }

  /** "idle" when the provider is switched off; else what the agent did last. */
  stateOf(agent: Agent): AgentState {
    if (agent.destroyed) return "stopped";
    const { state } = agent;
    return state === "ready" && this.#ports.providers.get(agent.config.provider).status === "inactive" ? "idle" : state;
  }

  /** Runs the loop. What the agent learned is remembered when it ends well; a run that fails leaves no trace in the conversation. */
  async run(agent: Agent, input: string, options: RunOptions = {}): Promise<AgentResult> {
    if (agent.destroyed) throw new BridgeFailure("destroyed", `the agent '${agent.name}' was destroyed`);
    const ports = this.#ports;
    const tools = this.#tools(agent.config);
    let budget = new Budget(options.budget === undefined ? [ports.account, agent.account] : [ports.account, ...options.budget.accounts, agent.account]);
    if (options.limits !== undefined) budget = budget.with(new Account(`this run of agent '${agent.name}'`, options.limits, ports.now));
    agent.begin();
    if (this.#isHeard("agent.started")) this.#emit("agent.started", agent, { input });
    const stoppables = [options.stopping ?? stoppable(options.signal), agent.stopping];
    try {
      const result = await budget.timed(stoppables, (clock) => this.#loop(agent, input, options, tools, budget, clock));
      if (agent.config.memory !== false && !agent.destroyed) agent.conversation.add(result.messages, result.tokens);
      agent.end("completed");
      if (this.#isHeard("agent.completed")) this.#emit("agent.completed", agent, { content: result.content, usage: eventUsage(result.usage), finish_reason: result.finishReason });
      return result;
    } catch (error) {
      const stopped = stoppables.find((each) => each?.isStopped === true);
      agent.end(stopped === undefined ? "error" : "stopped", messageOf(error));
      this.#emit("agent.failed", agent, { message: messageOf(error) });
      throw stopped === undefined ? error : stopped.stopReason;
    }
  }

  #loop(agent: Agent, input: string, options: RunOptions, tools: ReadonlyMap<string, Tool>, budget: Budget, clock: Clock): Promise<AgentResult> {
    const { config } = agent;
    const { name: provider, defaults } = this.#ports.providers.get(config.provider);
    return runLoop({
      agent: config.name,
      history: this.#history(agent),
      input,
      provider,
      model: config.model ?? defaults.model ?? "default",
      temperature: config.temperature,
      maxTokens: config.maxTokens,
      tools,
      maxTurns: options.maxTurns ?? config.maxTurns ?? DEFAULT_MAX_TURNS,
      responseSchema: options.responseSchema ?? config.responseSchema,
      budget,
      clock,
      onChunk: options.onChunk,
      onUsage: (usage) => { agent.usage = addUsage(agent.usage, usage); },
      owner: options.owner,
      ports: this.#ports,
    });
  }

  #history({ config, conversation }: Agent): readonly ChatMessage[] {
    const remembered = conversation.messages();
    return config.systemPrompt === undefined ? remembered : [{ role: "system", content: config.systemPrompt }, ...remembered];
  }

  #check(config: AgentConfig): void {
    this.#tools(config);
    this.#ports.providers.get(config.provider);
  }

  /** An agent's tools by name, those it may not use left out. */
  #tools({ tools = [] }: AgentConfig): Map<string, Tool> {
    const found = new Map<string, Tool>();
    for (const each of tools) {
      const tool = typeof each === "string" ? this.#ports.tools.get(each) : each;
      this.#ports.tools.check(tool);
      if (this.#ports.tools.permitted(tool)) found.set(tool.name, tool);
    }
    return found;
  }

  #isHeard(type: string): boolean {
    return this.#ports.events?.isHeard(type) === true;
  }

  #emit(type: string, agent: Agent, data: Readonly<Record<string, unknown>> = {}): void {
    this.#ports.events?.emit(type, { id: agent.id, name: agent.name, ...data });
  }
}
