// What a program did, exactly: instructions, library work and allocated bytes for every instruction of every function, and a
// call tree with the same figures. Counts come from looking at each instruction, not from samples.
import { chunkId } from "../base/chunk-id.js";
import { getOp } from "../bytecode/instruction.js";
import { Op } from "../bytecode/opcodes.js";
import type { Proto } from "../bytecode/proto.js";
import type { Frame } from "../vm/frame.js";
import { LuaClosure, type NativeFunction } from "../vm/function.js";
import { functionName } from "../vm/inspect.js";
import type { LuaState } from "../vm/state.js";
import type { Thread } from "../vm/thread.js";

/** What was used: by an instruction, a function, or a function in one place of the call tree. */
export interface Usage {
  instructions: number;
  /** Units that natives charged. */
  work: number;
  /** Bytes allocated. */
  bytes: number;
}

/** The figures of one Lua function, all its calls together. Arrays are by instruction (pc). */
export class FunctionProfile {
  calls = 0;
  readonly instructions: Float64Array;
  readonly work: Float64Array;
  readonly bytes: Float64Array;

  constructor(readonly proto: Proto, readonly name: string) {
    const { length } = proto.code;
    this.instructions = new Float64Array(length);
    this.work = new Float64Array(length);
    this.bytes = new Float64Array(length);
  }

  /** Sums over the function's own instructions. */
  total(): Usage {
    return { instructions: sum(this.instructions), work: sum(this.work), bytes: sum(this.bytes) };
  }
}

const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);

/** Paths of more calls are folded: what is called there becomes a brother of its caller. */
const DEEPEST = 400;

/** A function called along one path. Natives that call back are nodes too; they have no instructions of their own. */
export class CallNode implements Usage {
  instructions = 0;
  work = 0;
  bytes = 0;
  calls = 0;
  readonly children = new Map<Proto | NativeFunction | null, CallNode>();
  private readonly depth: number;

  constructor(readonly func: Proto | NativeFunction | null, readonly name: string, readonly parent: CallNode | null) {
    this.depth = parent === null ? 0 : parent.depth + 1;
  }

  /** The node of `func` called from here; `name` is asked for when it is new. */
  child(func: Proto | NativeFunction | null, name: () => string): CallNode {
    const parent = this.depth < DEEPEST ? this : this.parent!;
    let node = parent.children.get(func);
    if (node === undefined) parent.children.set(func, (node = new CallNode(func, name(), parent)));
    return node;
  }
}

/** One stretch of instructions in the same node, in the order of execution. */
export interface Stretch {
  readonly node: CallNode;
  instructions: number;
}

interface Place {
  func: Frame["func"];
  node: CallNode;
}

/** After these a function that starts again at its first instruction was called, not jumped to its beginning. */
const ENDS_CALL = new Set<number>([Op.TailCall, Op.Return, Op.Return0, Op.Return1]);

/** Instructions between two calls of `progress`. */
const PROGRESS_STEP = 1_000_000;

export class Recorder {
  readonly root = new CallNode(null, "(program)", null);
  readonly functions = new Map<Proto, FunctionProfile>();
  /** What ran after what; empty unless asked for. */
  readonly stretches: Stretch[] = [];
  private readonly places = new WeakMap<Frame, Place>();
  private frame: Frame | null = null;
  private func: Frame["func"] = null;
  private node = this.root;
  private profile: FunctionProfile | null = null;
  private pc = 0;
  private seen = 0;
  private chargedBefore = 0;
  private allocatedBefore = 0;

  /** `keepOrder`: also record {@link stretches}. `progress` is called now and then. */
  constructor(private readonly state: LuaState, private readonly keepOrder = false, private readonly progress: () => void = () => {}) {}

  start(): void {
    this.chargedBefore = this.state.meter.charged;
    this.allocatedBefore = this.state.memory.allocated;
    this.state.observe((L, frame) => this.instruction(L, frame));
  }

  stop(): void {
    this.state.observe(null);
    this.settle();
    this.frame = null;
    this.profile = null;
  }

  /** All functions together. */
  total(): Usage {
    const all: Usage = { instructions: 0, work: 0, bytes: 0 };
    for (const profile of this.functions.values()) {
      const { instructions, work, bytes } = profile.total();
      all.instructions += instructions;
      all.work += work;
      all.bytes += bytes;
    }
    return all;
  }

  private instruction(L: Thread, frame: Frame): void {
    this.settle();
    const closure = frame.func as LuaClosure;
    const pc = frame.pc - 1;
    const same = frame === this.frame && closure === this.func;
    const entered = pc === (closure.proto.isVararg ? 1 : 0) && (!same || ENDS_CALL.has(getOp(closure.proto.code[this.pc]!)));
    if (!same) {
      this.frame = frame;
      this.func = closure;
      this.node = this.nodeOf(frame);
      this.profile = this.functionOf(frame, closure.proto);
    }
    const profile = this.profile!;
    if (entered) {
      profile.calls++;
      this.node.calls++;
    }
    profile.instructions[pc]!++;
    this.node.instructions++;
    this.pc = pc;
    if (++this.seen % PROGRESS_STEP === 0) this.progress();
    if (!this.keepOrder) return;
    const last = this.stretches.at(-1);
    if (last !== undefined && last.node === this.node) last.instructions++;
    else this.stretches.push({ node: this.node, instructions: 1 });
  }

  /** Books what was charged and allocated since the last instruction began: it did it. */
  private settle(): void {
    const { charged } = this.state.meter;
    const { allocated } = this.state.memory;
    if (this.profile !== null) {
      this.profile.work[this.pc]! += charged - this.chargedBefore;
      this.profile.bytes[this.pc]! += allocated - this.allocatedBefore;
    }
    this.node.work += charged - this.chargedBefore;
    this.node.bytes += allocated - this.allocatedBefore;
    this.chargedBefore = charged;
    this.allocatedBefore = allocated;
  }

  private functionOf(frame: Frame, proto: Proto): FunctionProfile {
    let profile = this.functions.get(proto);
    if (profile === undefined) this.functions.set(proto, (profile = new FunctionProfile(proto, describe(frame))));
    return profile;
  }

  /**
   * The node of a frame. A frame object is used for one call after another, so what is remembered holds while it runs the
   * same function; a Lua frame below has run its CALL since it changed, so its own memory is right.
   */
  private nodeOf(frame: Frame): CallNode {
    const below = frame.prev!;
    let parent: CallNode;
    if (below.func === null) { // the first frame of a thread: below it is who resumed it
      const { resumer } = frame.L;
      parent = resumer === null ? this.root : this.nodeOf(resumer.frame);
    } else {
      const place = below.func instanceof LuaClosure ? this.places.get(below) : undefined;
      parent = place !== undefined && place.func === below.func ? place.node : this.nodeOf(below);
    }
    const func = frame.func instanceof LuaClosure ? frame.func.proto : frame.func;
    const node = parent.child(func, () => describe(frame));
    this.places.set(frame, { func: frame.func, node });
    return node;
  }
}

/** "name (file:line)", "main chunk (file)" or the native's name. */
function describe(frame: Frame): string {
  const { func } = frame;
  if (func === null) return "(thread)";
  if (!(func instanceof LuaClosure)) return func.name;
  const { proto } = func;
  const source = proto.source === undefined ? "?" : chunkId(proto.source);
  if (proto.lineDefined === 0) return `main chunk (${source})`;
  return `${functionName(frame)?.name ?? "anonymous"} (${source}:${proto.lineDefined})`;
}
