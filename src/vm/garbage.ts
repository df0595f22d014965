// The process's memory under limits. What a census finds dead is still in V8's heap, and V8 lets garbage grow to several times
// of what is alive before it collects: a script that keeps and drops could take four times its limit. So where the platform
// has a way to ask for a collection, it is asked for once enough has died that V8 has not freed by itself.

interface Platform {
  /** Bytes in use in V8's heap, garbage with it. */
  readonly used: () => number;
  readonly collect: () => void;
}

interface NodeModules {
  getBuiltinModule?(id: "node:v8"): typeof import("node:v8") | undefined;
  getBuiltinModule?(id: "node:vm"): typeof import("node:vm") | undefined;
}

/** The heap may grow by this, in bytes, and by a third, before a collection is worth its time. */
const LEAST = 16 * 1024 * 1024;

let platform: Platform | null | undefined;
/** Bytes that censuses have found dead since V8's last collection that is known of. */
let dead = 0;
/** Bytes in use after that collection: an upper bound of what is alive. */
let base = 0;

/** Node's heap statistics and collector; null where there is no way to them, as in browsers and before Node 20.16. */
function findPlatform(): Platform | null {
  const { process } = globalThis as { process?: NodeModules };
  const v8 = process?.getBuiltinModule?.("node:v8");
  const vm = process?.getBuiltinModule?.("node:vm");
  if (v8 === undefined || vm === undefined) return null;
  try {
    v8.setFlagsFromString("--expose-gc"); // seen by contexts made from now on: by the next line's
    const collect = vm.runInNewContext("gc") as () => void;
    v8.setFlagsFromString("--no-expose-gc");
    return { used: () => v8.getHeapStatistics().used_heap_size, collect };
  } catch {
    return null; // other engines have the modules and not the flag
  }
}

/** A census of a state with a limit of memory found that `bytes` have died since its last one. */
export function foundDead(bytes: number): void {
  dead += bytes;
  if (dead < LEAST / 2 || platform === null) return; // what has grown is not garbage: then a collection would find nothing
  platform ??= findPlatform();
  if (platform === null) return;
  const used = platform.used();
  if (used < base) base = used; // V8 has collected meanwhile
  if (used - base < Math.max(LEAST, base / 3)) return;
  platform.collect();
  base = platform.used();
  dead = 0;
}
