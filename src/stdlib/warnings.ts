// Where the messages of `warn` go: to standard error, switched by "@on" and "@off" (manual, 6.1).
import type { LuaState } from "../vm/state.js";

/** Gives `state` a warning writer that is off at first. */
export function installWarnings(state: LuaState): void {
  let on = false;
  let continuing = false;
  state.warn = (message, toContinue) => {
    if (!continuing && !toContinue && message.startsWith("@")) {
      if (message === "@on") on = true;
      else if (message === "@off") on = false;
      return;
    }
    if (!on) return;
    state.host.writeError((continuing ? "" : "Lua warning: ") + message + (toContinue ? "" : "\n"));
    continuing = toContinue;
  };
}
