// Hooks that everybody wants: logging, metrics, rate limits, caching, retries, approvals.
import { BridgeFailure, messageOf } from "./failure.js";
import type { HookSpec, HookedCall } from "./hooks.js";
import { canonical } from "./json-value.js";
import { free } from "./work.js";

export const BUILTIN_HOOKS = ["logging", "metrics", "rate_limit", "cache", "retry", "approval"] as const;
export type BuiltinHook = (typeof BUILTIN_HOOKS)[number];

export interface BuiltinOptions {
  /** rate_limit: calls in a window. Default 10. */
  readonly limit?: number;
  /** rate_limit: milliseconds of the window, default 1000. */
  readonly window?: number;
  /** rate_limit: calls beyond the limit wait for their turn instead of failing. */
  readonly wait?: boolean;
  /** cache: milliseconds that a result is kept, default 60000. */
  readonly ttl?: number;
  /** cache: results that are kept, default 100. */
  readonly size?: number;
  /** retry: calls in all, default 3. */
  readonly attempts?: number;
  /** retry: milliseconds before the second call, doubled for each further one, default 100. */
  readonly delay?: number;
  /** retry: error codes that are worth another call; all unless given. */
  readonly codes?: readonly string[];
  /** approval: shown to who is asked. */
  readonly reason?: string;
}

/** What built-in hooks need from around them. */
export interface BuiltinPorts {
  readonly now: () => number;
  /** Resolves after so many milliseconds. */
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly log: (message: string) => void;
  /** Waits until the host has allowed a call; resolves to the arguments to make it with. Rejects when it does not. */
  readonly approve?: (call: HookedCall, reason: string | undefined) => Promise<readonly unknown[]>;
}

/** A built-in hook, without its pattern. */
export function builtinHook(kind: BuiltinHook, options: BuiltinOptions, ports: BuiltinPorts): Pick<HookSpec, "type" | "handler" | "details"> {
  return { type: "around", ...MAKERS[kind](options, ports) };
}

type Made = Pick<HookSpec, "handler" | "details">;

const MAKERS: Readonly<Record<BuiltinHook, (options: BuiltinOptions, ports: BuiltinPorts) => Made>> = {
  logging: (_, { now, log }) => ({
    handler: async ({ name }, next) => {
      const begun = now();
      try {
        const result = await next();
        log(`${name} done in ${now() - begun} ms`);
        return result;
      } catch (error) {
        log(`${name} failed after ${now() - begun} ms: ${messageOf(error)}`);
        throw error;
      }
    },
  }),
  metrics: (_, ports) => metrics(ports),
  rate_limit: rateLimit,
  cache,
  retry,
  approval: ({ reason }, { approve }) => ({
    handler: async (call, next) => {
      if (approve === undefined) throw new BridgeFailure("not_approved", `'${call.name}' needs an approval, and nobody can give it`);
      return next(await approve(call, reason));
    },
  }),
};

interface Figures {
  calls: number;
  failures: number;
  total_ms: number;
  slowest_ms: number;
}

function metrics({ now }: BuiltinPorts): Made {
  const figures = new Map<string, Figures>();
  return {
    details: () => ({ metrics: Object.fromEntries([...figures].map(([name, figure]) => [name, { ...figure }])) }),
    handler: async ({ name }, next) => {
      const figure = figures.get(name) ?? { calls: 0, failures: 0, total_ms: 0, slowest_ms: 0 };
      figures.set(name, figure);
      const begun = now();
      figure.calls++;
      try {
        return await next();
      } catch (error) {
        figure.failures++;
        throw error;
      } finally {
        const time = now() - begun;
        figure.total_ms += time;
        figure.slowest_ms = Math.max(figure.slowest_ms, time);
      }
    },
  };
}

function rateLimit({ limit = 10, window = 1000, wait = false }: BuiltinOptions, { now, sleep }: BuiltinPorts): Made {
  if (!(limit >= 1) || !(window > 0)) throw new BridgeFailure("invalid", "a rate limit needs a limit of at least 1 and a window above 0");
  /** Times at which the last `limit` calls may begin. */
  const begun: number[] = [];
  return {
    details: () => ({ limit, window, recent: begun.filter((time) => time > now() - window).length }),
    handler: async ({ name }, next) => {
      const earliest = begun.length < limit ? now() : begun[begun.length - limit]! + window;
      const delay = earliest - now();
      if (delay > 0 && !wait) throw new BridgeFailure("rate_limited", `'${name}' is limited to ${limit} calls in ${window} ms`, { details: { retry_after: delay } });
      begun.push(Math.max(earliest, now()));
      if (begun.length > limit) begun.shift();
      if (delay > 0) await sleep(delay);
      return next();
    },
  };
}

function cache({ ttl = 60_000, size = 100 }: BuiltinOptions, { now }: BuiltinPorts): Made {
  const kept = new Map<string, { readonly result: unknown; readonly until: number }>();
  let hits = 0;
  let misses = 0;
  return {
    details: () => ({ hits, misses, entries: kept.size }),
    handler: async ({ name, args }, next) => {
      const key = keyOf(name, args);
      if (key === undefined) return next();
      const known = kept.get(key);
      if (known !== undefined && known.until > now()) {
        hits++;
        return known.result;
      }
      misses++;
      const result = await next();
      kept.delete(key);
      kept.set(key, { result, until: now() + ttl });
      if (kept.size > size) kept.delete(kept.keys().next().value!);
      return result;
    },
  };
}

/** A text for a call whose arguments are data or handles; undefined when one is a function or another object of the host. */
function keyOf(name: string, args: readonly unknown[]): string | undefined {
  try {
    const plain = args.map((arg) => (isHandle(arg) ? { handle: arg.id } : arg));
    return plain.every(isData) ? `${name} ${canonical(plain, free)}` : undefined;
  } catch {
    return undefined; // cyclic
  }
}

const isPlain = (value: object): boolean => Array.isArray(value) || [null, Object.prototype].includes(Object.getPrototypeOf(value) as null);

function isHandle(value: unknown): value is { readonly id: string } {
  return typeof value === "object" && value !== null && !isPlain(value) && typeof (value as { id?: unknown }).id === "string";
}

function isData(value: unknown): boolean {
  if (typeof value === "function") return false;
  return typeof value !== "object" || value === null || (isPlain(value) && Object.values(value).every(isData));
}

function retry({ attempts = 3, delay = 100, codes }: BuiltinOptions, { sleep }: BuiltinPorts): Made {
  let retries = 0;
  return {
    details: () => ({ attempts, retries }),
    handler: async (_, next) => {
      for (let attempt = 1; ; attempt++) {
        try {
          return await next();
        } catch (error) {
          if (attempt >= attempts || !isWorthIt(error, codes)) throw error;
          retries++;
          await sleep(delay * 2 ** (attempt - 1));
        }
      }
    },
  };
}

function isWorthIt(error: unknown, codes: readonly string[] | undefined): boolean {
  const { code } = error as { code?: unknown };
  if (code === "cancelled" || code === "permission") return false;
  return codes === undefined || (typeof code === "string" && codes.includes(code));
}
