// Structured control flow: printed as JavaScript, it visits the blocks that a walk of the graph visits, whatever is decided.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { programArbitrary } from "../../src/testing/generate/program.js";
import { compile } from "../../src/compiler/compile.js";
import { LuaSyntaxError } from "../../src/index.js";
import { type Exit, type FlowGraph, NONE, buildGraph, connect, innermostLoop, reversePostorder } from "../../src/jit/graph.js";
import { type Node, structure } from "../../src/jit/structure.js";
import { benchPrograms, benchSource, protosOf } from "./support/protos.js";

const MAX_STEPS = 300;

class Enough extends Error {}

/** Blocks (numbers) and edges ("from-to") in the order of execution, at most MAX_STEPS. */
type Trace = (number | string)[];
type Decide = (step: number) => boolean;

function walkGraph(graph: FlowGraph, decide: Decide): Trace {
  const trace: Trace = [];
  for (let block = 0, step = 0; block !== NONE && trace.length < MAX_STEPS;) {
    trace.push(block);
    const { pc, taken, other } = graph.exits[block]!;
    const next: number = pc === NONE || decide(step++) ? taken : other;
    if (next !== NONE && trace.length < MAX_STEPS) trace.push(`${block}-${next}`);
    block = next;
  }
  return trace;
}

function print(graph: FlowGraph, nodes: readonly Node[]): string {
  const one = (node: Node): string => {
    switch (node.kind) {
      case "code": return `visit(${node.block});${graph.exits[node.block]!.taken === NONE ? "return;" : ""}`;
      case "edge": return `visit("${node.from}-${node.to}");`;
      case "if": return `if (decide()) { ${print(graph, node.then)} } else { ${print(graph, node.otherwise)} }`;
      case "block": return `L${node.label}: { ${print(graph, node.body)} }`;
      case "loop": return `L${node.label}: for (;;) { ${print(graph, node.body)} }`;
      default: return `${node.kind} L${node.label};`;
    }
  };
  return nodes.map(one).join("\n");
}

/** A function that runs the printed structure. */
function printed(graph: FlowGraph, nodes: readonly Node[]): (decide: Decide) => Trace {
  const run = new Function("visit", "decide", `${print(graph, nodes)}\nthrow new TypeError("fell off the end");`) as
    (visit: (what: number | string) => void, decide: () => boolean) => void;
  return (decide) => {
    const trace: Trace = [];
    let step = 0;
    const visit = (what: number | string): void => {
      if (trace.length === MAX_STEPS) throw new Enough();
      trace.push(what);
    };
    try {
      run(visit, () => decide(step++));
    } catch (stop) {
      if (!(stop instanceof Enough)) throw stop;
    }
    return trace;
  };
}

function* allNodes(nodes: readonly Node[]): Generator<Node> {
  for (const node of nodes) {
    yield node;
    if (node.kind === "if") yield* allNodes([...node.then, ...node.otherwise]);
    else if (node.kind === "block" || node.kind === "loop") yield* allNodes(node.body);
  }
}

function checkShape(graph: FlowGraph, nodes: readonly Node[]): void {
  const all = [...allNodes(nodes)];
  const code = all.filter((node) => node.kind === "code").map((node) => node.block).sort((a, b) => a - b);
  expect(code).toEqual(graph.blocks.map((_, i) => i));
  for (const node of all) if (node.kind === "loop") expect(node.pc).toBe(graph.blocks[node.block]!.start);
}

/** Decisions from a seed, biased to either side in turns so that loops both stay and end. */
function decisions(seed: number): Decide {
  return (step) => {
    let h = Math.imul(seed ^ Math.imul(step + 1, 0x9e3779b1), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    return ((h ^ (h >>> 16)) & 7) < (seed & 7);
  };
}

function expectEquivalent(graph: FlowGraph, runs: number): boolean {
  const nodes = structure(graph);
  if (nodes === undefined) return false;
  checkShape(graph, nodes);
  const run = printed(graph, nodes);
  for (let seed = 1; seed <= runs; seed++) expect(run(decisions(seed))).toEqual(walkGraph(graph, decisions(seed)));
  return true;
}

describe("functions of the benchmark programs", () => {
  for (const name of benchPrograms) {
    test(name, () => {
      for (const proto of protosOf(benchSource(name))) expect(expectEquivalent(buildGraph(proto), 40)).toBe(true);
    });
  }
});

test("entered at any loop header, as replacing the interpreter in a loop needs it", () => {
  let entered = 0;
  for (const name of benchPrograms) {
    for (const proto of protosOf(benchSource(name))) {
      const graph = buildGraph(proto);
      for (let block = 1; block < graph.blocks.length; block++) {
        if (graph.loop[block] === block && expectEquivalent(buildGraph(proto, graph.blocks[block]!.start), 20)) entered++;
      }
    }
  }
  expect(entered).toBeGreaterThan(100);
});

test("generated programs", () => {
  fc.assert(fc.property(programArbitrary, (source) => {
    try {
      compile(source, "=program");
    } catch (error) {
      if (error instanceof LuaSyntaxError) return;
      throw error;
    }
    for (const proto of protosOf(source)) expect(expectEquivalent(buildGraph(proto), 10)).toBe(true);
  }), { numRuns: 60 });
});

/** Lua text with gotos all over: forwards out of blocks, backwards in the same block. */
const gotoProgram = fc.array(fc.tuple(fc.constantFrom("back", "out", "repeat", "while", "break", "if"), fc.nat(3)), { minLength: 1, maxLength: 12 }).map((parts) => {
  let text = "::l0:: ";
  let labels = 1;
  for (const [kind, n] of parts) {
    if (kind === "back") text += `if x(${n}) then goto l${Math.max(0, labels - 1 - n)} end ::l${labels++}:: `;
    else if (kind === "out") text += `do for i = 1, x() do while x() do if x() then goto out${labels} end if x() then break end end end end ::out${labels}:: ::l${labels++}:: `;
    else if (kind === "repeat") text += `repeat local a = x() if a then goto on${labels} end x(a) ::on${labels}:: until x() ::l${labels++}:: `;
    else if (kind === "while") text += `while x() and x() or x() do if x() then goto l0 end for k, v in x() do if v then goto l${labels - 1} end end end `;
    else if (kind === "break") text += `for i = 1, 10 do if x() then break elseif x() then goto e${labels} else x() end x() ::e${labels}:: end ::l${labels++}:: `;
    else text += "if x() then x() elseif x() then x(1) elseif x() and not x() then x(2) else x(3) end ";
  }
  return text;
});

test("gotos that Lua allows", () => {
  let structured = 0;
  fc.assert(fc.property(gotoProgram, (source) => {
    for (const proto of protosOf(source)) if (expectEquivalent(buildGraph(proto), 20)) structured++;
  }), { numRuns: 150 });
  expect(structured).toBeGreaterThan(20);
});

// ---- arbitrary graphs ---------------------------------------------------------------------------------------------------------

/** For each block its successors, none to two of them, as numbers taken modulo the count. */
const edges = fc.array(fc.array(fc.nat(30), { maxLength: 2 }), { minLength: 1, maxLength: 14 });
/** Mostly forwards, so that most graphs are reducible. */
const forwardEdges = fc.array(fc.array(fc.integer({ min: -3, max: 4 }), { maxLength: 2 }), { minLength: 1, maxLength: 24 })
  .map((list) => list.map((to, from) => to.map((step) => (from + (step === 0 ? 1 : step) + 3 * list.length) % list.length)));

function graphOf(successors: readonly (readonly number[])[]): FlowGraph {
  const count = successors.length;
  const to = successors.map((list) => list.map((target) => target % count));
  const order = reversePostorder(0, (i) => to[i]!, count);
  const numberOf = new Map(order.map((i, n) => [i, n]));
  const exits = order.map((i): Exit => {
    const [taken, other] = to[i]!.map((target) => numberOf.get(target)!);
    return { pc: other === undefined ? NONE : 0, taken: taken ?? NONE, other: other ?? NONE };
  });
  return connect(exits.map((_, i) => ({ start: i, end: i + 1 })), exits);
}

/** By the definition: removing self-loops and merging blocks with one predecessor into it leaves one block. */
function isReducible({ exits }: FlowGraph): boolean {
  const out = new Map(exits.map(({ taken, other }, i) => [i, new Set([taken, other].filter((to) => to !== NONE))]));
  for (let changed = true; changed;) {
    changed = false;
    for (const [block, to] of out) {
      if (to.delete(block)) changed = true;
      const before = [...out].filter(([, targets]) => targets.has(block)).map(([from]) => from);
      if (block === 0 || before.length !== 1) continue;
      const into = out.get(before[0]!)!;
      into.delete(block);
      for (const target of to) into.add(target);
      out.delete(block);
      changed = true;
      break;
    }
  }
  return out.size === 1;
}

for (const [name, arbitrary] of [["random graphs", edges], ["mostly forward graphs", forwardEdges]] as const) {
  test(`${name}: structure exactly for those that are reducible`, () => {
    let structured = 0;
    fc.assert(fc.property(arbitrary, (successors) => {
      const graph = graphOf(successors);
      expect(expectEquivalent(graph, 24)).toBe(isReducible(graph));
      if (graph.reducible) structured++;
    }), { numRuns: 500 });
    expect(structured).toBeGreaterThan(100);
  });
}

test("a loop with two entries has no structure", () => {
  const graph = graphOf([[1, 2], [2], [1]]);
  expect(graph.reducible).toBe(false);
  expect(structure(graph)).toBeUndefined();
});

// ---- form ------------------------------------------------------------------------------------------------------------------------

function outline(source: string): string {
  const graph = buildGraph(compile(source, "=program"));
  const show = (nodes: readonly Node[]): string => nodes.map((node) => {
    switch (node.kind) {
      case "code": return `c${node.block}`;
      case "edge": return "";
      case "if": return `if(${show(node.then)}|${show(node.otherwise)})`;
      case "block": return `{${show(node.body)}}${node.label}`;
      case "loop": return `loop(${show(node.body)})${node.label}`;
      default: return `${node.kind} ${node.label}`;
    }
  }).filter((text) => text !== "").join(" ");
  return show(structure(graph)!);
}

test("what follows a loop stands behind it, and needs no label of its own", () => {
  expect(outline("while x do y = 1 end z = 1")).toBe("c0 loop(c1 if(break 1|) c2)1 c3");
  expect(outline("for i = 1, 9 do y = i end z = 1")).toBe("c0 c1 if(loop(c2 if(|break 2))2|) c3");
});

test("conditionals with both branches meeting behind them have no jumps", () => {
  expect(outline("if x then y = 1 else y = 2 end z = 1")).not.toMatch(/break|continue/);
});

test("long functions do not need a deep stack", () => {
  for (const body of ["f() ".repeat(3000), "if x then goto out end ".repeat(3000), "while x do x = 1 end ".repeat(1000), "if x then x = 1 end ".repeat(2000)]) {
    expect(expectEquivalent(buildGraph(compile(`local x = ... ${body} ::out:: x = 1`, "=program")), 2)).toBe(true);
  }
});

test("a thousand alternatives do not nest a thousand deep", () => {
  const source = `local x = ... ${Array.from({ length: 1000 }, (_, i) => `${i === 0 ? "if" : "elseif"} x == ${i} then y = ${i}`).join(" ")} end`;
  const graph = buildGraph(compile(source, "=program"));
  const depth = (nodes: readonly Node[]): number => Math.max(0, ...nodes.map((node) =>
    node.kind === "if" ? 1 + depth([...node.then, ...node.otherwise]) : node.kind === "block" || node.kind === "loop" ? 1 + depth(node.body) : 0));
  expect(depth(structure(graph)!)).toBeLessThan(30);
  expect(expectEquivalent(graph, 10)).toBe(true);
});

test("the innermost loop around an entry is that of the function, wherever the graph begins", () => {
  const proto = compile(`
    for i = 1, 10 do
      print(i)
      for j = 1, 10 do print(j) for k = 1, 10 do print(k) end end
    end
    print()`, "=program");
  const whole = buildGraph(proto);
  const sizeOf = (start: number): number | undefined => {
    const isAround = innermostLoop(proto, buildGraph(proto, start));
    return isAround === undefined ? undefined : whole.blocks.filter(isAround).length;
  };
  const headers = whole.blocks.filter((_, n) => whole.loop[n] === n).map(({ start }) => start);
  expect(headers).toHaveLength(3);
  const [outer, middle, inner] = headers.map(sizeOf) as [number, number, number];
  expect(inner).toBeGreaterThan(0);
  expect(middle).toBeGreaterThan(inner);
  expect(outer).toBeGreaterThan(middle);
  expect(sizeOf(0)).toBeUndefined();
});
