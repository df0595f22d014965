// The profile for other tools: V8's .cpuprofile (DevTools, VS Code) and speedscope's sampled format. The unit of time in both is
// one instruction (a microsecond there), and every sample stands for `interval` of them.
import { toHostText } from "../base/bytes.js";
import { lineOf } from "../bytecode/proto.js";
import { Proto } from "../bytecode/proto.js";
import type { CallNode, Stretch } from "./recorder.js";

/** Instructions that one sample stands for, so that a profile has some tens of thousands at most. */
export function sampleInterval(instructions: number): number {
  return Math.max(1, Math.ceil(instructions / 50_000));
}

/** The node that was running at every `interval`-th instruction. */
export function samples(stretches: readonly Stretch[], interval: number): CallNode[] {
  const taken: CallNode[] = [];
  let ahead = interval; // instructions until the next sample
  for (const { node, instructions } of stretches) {
    let left = instructions;
    for (; left >= ahead; ahead = interval) {
      left -= ahead;
      taken.push(node);
    }
    ahead -= left;
  }
  return taken;
}

interface CallFrame {
  readonly functionName: string;
  readonly scriptId: string;
  readonly url: string;
  readonly lineNumber: number;
  readonly columnNumber: number;
}

function callFrame({ func, name }: CallNode): CallFrame {
  const isLua = func instanceof Proto;
  const source = isLua ? (func.source ?? "=?") : "=[C]";
  return {
    functionName: toHostText(name),
    scriptId: "0",
    url: /^[@=]/.test(source) ? toHostText(source.slice(1)) : "(string)",
    lineNumber: isLua ? Math.max(0, (func.lineDefined || lineOf(func, 0)) - 1) : 0,
    columnNumber: 0,
  };
}

/** Every node of the tree below `root`, parents first. */
function allNodes(root: CallNode): CallNode[] {
  const nodes = [root];
  for (let i = 0; i < nodes.length; i++) for (const child of nodes[i]!.children.values()) nodes.push(child);
  return nodes;
}

/** Contents of a .cpuprofile file. */
export function cpuProfile(root: CallNode, stretches: readonly Stretch[], interval: number): string {
  const nodes = allNodes(root);
  const ids = new Map(nodes.map((node, i) => [node, i + 1]));
  const taken = samples(stretches, interval);
  const hits = new Map<CallNode, number>();
  for (const node of taken) hits.set(node, (hits.get(node) ?? 0) + 1);
  return JSON.stringify({
    nodes: nodes.map((node) => ({
      id: ids.get(node),
      callFrame: callFrame(node),
      hitCount: hits.get(node) ?? 0,
      children: [...node.children.values()].map((child) => ids.get(child)),
    })),
    startTime: 0,
    endTime: taken.length * interval,
    samples: taken.map((node) => ids.get(node)),
    timeDeltas: taken.map(() => interval),
  });
}

/** Contents of a file for speedscope.app. */
export function speedscope(root: CallNode, stretches: readonly Stretch[], interval: number, name: string): string {
  const nodes = allNodes(root);
  const index = new Map(nodes.map((node, i) => [node, i]));
  const stackOf = (node: CallNode): number[] => {
    const stack: number[] = [];
    for (let at: CallNode | null = node; at !== null && at.parent !== null; at = at.parent) stack.unshift(index.get(at)!);
    return stack;
  };
  const taken = samples(stretches, interval);
  return JSON.stringify({
    $schema: "https://www.speedscope.app/file-format-schema.json",
    name,
    exporter: "perilune profile",
    shared: {
      frames: nodes.map((node) => {
        const { functionName, url, lineNumber } = callFrame(node);
        return { name: functionName, file: url, line: lineNumber + 1 };
      }),
    },
    profiles: [{
      type: "sampled", name, unit: "none", startValue: 0, endValue: taken.length * interval,
      samples: taken.map(stackOf), weights: taken.map(() => interval),
    }],
  });
}
