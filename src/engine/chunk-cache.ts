// Compiled chunks that an engine keeps: a text that runs again, in whichever of its contexts, is not compiled again. A compiled
// chunk is immutable, and nothing of a context can be seen through it.
import type { Proto } from "../bytecode/proto.js";
import type { LuaClosure } from "../vm/function.js";
import type { LuaState } from "../vm/state.js";

/** Bytes of source kept at most, in all and of one text. */
const MAX_TOTAL = 1 << 20;
const MAX_TEXT = 1 << 16;

interface Entry {
  readonly chunkName: string;
  readonly proto: Proto;
}

export class ChunkCache {
  /** By text, longest unused first. */
  private readonly entries = new Map<string, Entry>();
  private total = 0;

  /** The function of a chunk, as {@link LuaState.load} makes it. */
  load(state: LuaState, chunk: string, chunkName: string): LuaClosure {
    const known = this.entries.get(chunk);
    if (known !== undefined && known.chunkName === chunkName) return state.instantiate(known.proto);
    const func = state.load(chunk, chunkName);
    if (known === undefined && chunk.length <= MAX_TEXT && chunk.charCodeAt(0) !== 0x1b) this.keep(chunk, { chunkName, proto: func.proto });
    return func;
  }

  private keep(chunk: string, entry: Entry): void {
    this.entries.set(chunk, entry);
    this.total += chunk.length;
    for (const oldest of this.entries.keys()) {
      if (this.total <= MAX_TOTAL) break;
      this.entries.delete(oldest);
      this.total -= oldest.length;
    }
  }
}
