// collectgarbage (manual 6.1) over the census.
import { makeFloat } from "../number/float.js";
import type { Frame } from "../vm/frame.js";
import type { Signal } from "../vm/signal.js";
import type { LuaState } from "../vm/state.js";
import type { LuaValue } from "../vm/value.js";

const OPTIONS = [
  "stop", "restart", "collect", "count", "step", "setpause", "setstepmul", "isrunning", "generational", "incremental",
] as const;

/** Smallest piece of work of a "step" (a basic step of the incremental collector), in bytes. */
const BASIC_STEP = 16 * 1024;

/** What the options remember about a state. */
interface Settings {
  mode: "generational" | "incremental";
  stepMultiplier: number;
  /** Work done by "step" towards the end of the cycle, in bytes. */
  progress: number;
}

const settings = new WeakMap<LuaState, Settings>();

function settingsOf(state: LuaState): Settings {
  let found = settings.get(state);
  if (found === undefined) settings.set(state, (found = { mode: "incremental", stepMultiplier: 100, progress: 0 }));
  return found;
}

export function collectgarbage(f: Frame): LuaValue | Signal {
  const option = OPTIONS[f.option(1, "collect", OPTIONS)]!;
  const { state } = f.L;
  const { memory, census } = state;
  const current = settingsOf(state);
  memory.observe(); // a script that looks at memory sees it collected
  if (census.busy && option !== "count" && option !== "isrunning") return undefined; // inside a finalizer: refused
  switch (option) {
    case "collect":
      current.progress = 0;
      return census.collectIn(f, 0);
    case "count": return makeFloat(memory.inUse / 1024);
    case "step": return step(f, current);
    case "stop":
      memory.automatic = false;
      memory.schedule();
      return 0;
    case "restart":
      memory.automatic = true;
      memory.schedule();
      return 0;
    case "isrunning": return memory.automatic;
    case "setpause": {
      const before = memory.pause;
      memory.pause = f.optSmallInteger(2, 0);
      memory.schedule();
      return before;
    }
    case "setstepmul": {
      const before = current.stepMultiplier;
      current.stepMultiplier = f.optSmallInteger(2, 0);
      return before;
    }
    case "generational": case "incremental": {
      const before = current.mode;
      for (let i = 2; i <= (option === "incremental" ? 4 : 3); i++) f.optSmallInteger(i, 0);
      if (option === "incremental") {
        const pause = f.optSmallInteger(2, 0);
        if (pause !== 0) memory.pause = pause;
        const multiplier = f.optSmallInteger(3, 0);
        if (multiplier !== 0) current.stepMultiplier = multiplier;
      }
      current.mode = option;
      return before;
    }
  }
}

/** Does `n` KB worth of collection work; true when that finished a cycle (then a whole census has run). */
function step(f: Frame, current: Settings): boolean {
  const { memory, census } = f.L.state;
  const size = f.optSmallInteger(2, 0) * 1024;
  current.progress += current.mode === "generational" && size === 0 ? Infinity : Math.max(size, size === 0 ? BASIC_STEP : 0);
  if (current.progress < memory.inUse) return false;
  current.progress = 0;
  census.collect(f.L);
  return true;
}
