// Compiled chunks that an engine keeps: a text that runs again, in whichever of its contexts, is not compiled again. A compiled
// chunk is immutable, and nothing of a context can be seen through it; what its inline caches hold of a context's tables is
// dropped with the context.
import type { Proto } from "../bytecode/proto.js";
import type { LuaClosure } from "../vm/function.js";
import { forgetStates } from "../vm/inline-cache.js";
import type { LuaState } from "../vm/state.js";

/** Bytes of memory that the chunks kept may take, about. */
const MAX_TOTAL = 2 << 20;
/** Longer texts are compiled each time. */
const MAX_TEXT = 1 << 16;
/** What a chunk takes for itself, and for each byte of its source: instructions, constants, lines, inline caches. */
const CHUNK_BYTES = 3000;
const BYTES_PER_SOURCE_BYTE = 20;

const weight = (chunk: string): number => CHUNK_BYTES + chunk.length * BYTES_PER_SOURCE_BYTE;

interface Entry {
  readonly chunkName: string;
  readonly proto: Proto;
}

export class ChunkCache {
  /** By text, longest unused first. */
  private readonly entries = new Map<string, Entry>();
  private total = 0;
  /** The chunks kept here that a state has loaded. */
  private readonly loaded = new Map<LuaState, Set<Proto>>();

  /** The function of a chunk, as {@link LuaState.load} makes it. */
  load(state: LuaState, chunk: string, chunkName: string): LuaClosure {
    const known = this.entries.get(chunk);
    if (known !== undefined && known.chunkName === chunkName) {
      this.note(state, known.proto);
      return state.instantiate(known.proto);
    }
    const func = state.load(chunk, chunkName);
    if (known === undefined && chunk.length <= MAX_TEXT && chunk.charCodeAt(0) !== 0x1b) {
      this.keep(chunk, { chunkName, proto: func.proto });
      this.note(state, func.proto);
    }
    return func;
  }

  /** `state` is not used any more. */
  forget(state: LuaState): void {
    for (const proto of this.loaded.get(state) ?? []) forgetStates(proto);
    this.loaded.delete(state);
  }

  private note(state: LuaState, proto: Proto): void {
    const chunks = this.loaded.get(state);
    if (chunks === undefined) this.loaded.set(state, new Set([proto]));
    else chunks.add(proto);
  }

  private keep(chunk: string, entry: Entry): void {
    this.entries.set(chunk, entry);
    this.total += weight(chunk);
    for (const oldest of this.entries.keys()) {
      if (this.total <= MAX_TOTAL) break;
      this.entries.delete(oldest);
      this.total -= weight(oldest);
    }
  }
}
