// What bridges get from their host. Everything is optional: what is not given has a default that works offline.
import type { EventBus } from "./services/event-bus.js";
import type { HookRegistry } from "./services/hooks.js";
import type { Memory } from "./services/memory.js";
import type { ApprovalService } from "./services/approval.js";
import type { BudgetLimits } from "./services/budget.js";
import type { ProvidersOptions } from "./services/providers/provider-service.js";
import type { Store } from "./services/store.js";
import type { Tool } from "./services/tools.js";
import type { TextLimits } from "./services/work.js";

/** Services of one host. Contexts that are given the same object share them; what a script makes (tools, agents, …) it keeps to itself. */
export interface BridgeServices {
  /** The bus of the event bridge; one for each context unless given. */
  readonly events?: EventBus;
  /** The host's hooks around bridge calls of all contexts. Those of scripts see the calls of their own context only. */
  readonly hooks?: HookRegistry;
  /** Where memory persists; in the memory of the process unless given. */
  readonly store?: Store;
  /** What scripts remember; made on the store for each context unless given, so that contexts share nothing but the store. */
  readonly memory?: Memory;
  /** Where bridges say what a person who runs the host may want to know. Dropped unless given. */
  readonly log?: (message: string) => void;
  /** Longest texts that parsers take in one call, in characters; see `MAX_TEXT`. A parser cannot be interrupted: its text is bounded instead. */
  readonly textLimits?: TextLimits;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** Models that agents may ask, with their addresses, keys and prices; the offline provider only unless given. */
  readonly providers?: ProvidersOptions;
  /** Tools of the host, beside the built-in ones. */
  readonly tools?: readonly Tool[];
  /** Who answers when a tool or a hook needs an approval; what needs one fails unless given. */
  readonly approval?: ApprovalService;
  /** What each context may spend in agent units; without limits unless given. */
  readonly budget?: BudgetLimits;
}
