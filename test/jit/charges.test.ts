// What emitted code pays: on every way, what the way costs; and never more than was looked for.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type BlockCost, Charges, RESERVE } from "../../src/jit/charges.js";
import { type FlowGraph, NONE, buildGraph } from "../../src/jit/graph.js";
import { programArbitrary } from "../../src/testing/generate/program.js";
import { protosOf } from "./support/protos.js";

/** Walks through a graph as `decide` says. Answers what was paid and what had to be, at each point. */
function walk(graph: FlowGraph, costs: readonly BlockCost[], charges: Charges, decide: () => boolean): void {
  let paid = 0; // since the last point
  let used = 0;
  let enough = 0;
  let fuel = 0; // paid and not used yet
  let isBehind = false; // something has used fuel since the point
  let mustLook = false;
  for (let block = 0, steps = 0; block !== NONE && steps < 400; steps++) {
    if (charges.isPoint(block)) {
      expect(fuel, "all that was paid is used at a point").toBe(0);
      paid = charges.paidAt(block);
      used = 0;
      enough = paid + charges.spare(block);
      fuel = paid;
      isBehind = false;
      expect(charges.spare(block)).toBeLessThanOrEqual(RESERVE);
    } else expect(charges.isLook(block) || !mustLook, "there is a look behind what may take fuel").toBe(true);
    const { units, isEnd, usesMore } = costs[block]!;
    expect(fuel, "a block is paid for when it begins").toBe(charges.paidAt(block));
    used += units;
    fuel -= units;
    expect(fuel).toBeGreaterThanOrEqual(0);
    expect(used, "there was enough").toBeLessThanOrEqual(enough);
    mustLook = usesMore;
    isBehind ||= usesMore;
    const { taken, other } = graph.exits[block]!;
    const next: number = isEnd ? NONE : other === NONE || decide() ? taken : other;
    if (next === NONE) {
      expect(fuel, "all that was paid is used at an end").toBe(0);
      return;
    }
    const owed = charges.owed(block, next);
    if (isBehind) expect(owed, "nothing is paid when nobody knows whether there is enough").toBeLessThanOrEqual(0);
    paid += owed;
    fuel += owed;
    expect(paid, "nothing is paid that was not looked for").toBeLessThanOrEqual(enough);
    block = next;
  }
}

/** Costs that a seed makes up for the blocks of a graph. */
function madeUp(graph: FlowGraph, next: () => number): BlockCost[] {
  return graph.blocks.map((_, block) => {
    const units = next() % (next() % 5 === 0 ? 150 : 6);
    return { units, usesMore: units > 0 && next() % 4 === 0, isEnd: graph.exits[block]!.taken === NONE };
  });
}

describe("ways through functions", () => {
  test("are paid for to the unit, with costs of any kind", () => {
    fc.assert(fc.property(programArbitrary, fc.infiniteStream(fc.nat({ max: 1000 })), (source, numbers) => {
      const next = (): number => numbers.next().value as number;
      for (const proto of protosOf(source)) {
        const graph = buildGraph(proto);
        if (!graph.reducible) continue;
        const costs = madeUp(graph, next);
        const charges = new Charges(graph, costs);
        for (let n = 0; n < 3; n++) walk(graph, costs, charges, () => next() % 2 === 0);
      }
    }), { numRuns: 40 });
  });

  test("a branch pays the difference, a way that is too long has more points", () => {
    const [proto] = protosOf("local a = ... if a then a = a + 1 a = a + 2 end return a");
    const graph = buildGraph(proto!);
    const charges = new Charges(graph, graph.blocks.map((_, block) => ({ units: 10, usesMore: false, isEnd: graph.exits[block]!.taken === NONE })));
    const points = graph.blocks.map((_, block) => charges.isPoint(block));
    expect(points.filter(Boolean)).toHaveLength(1);
    expect(charges.spare(0)).toBe(10);
    const dear = new Charges(graph, graph.blocks.map((_, block) => ({ units: RESERVE, usesMore: false, isEnd: graph.exits[block]!.taken === NONE })));
    expect(graph.blocks.every((_, block) => dear.spare(block) <= RESERVE)).toBe(true);
    expect(graph.blocks.filter((_, block) => dear.isPoint(block)).length).toBeGreaterThan(1);
  });
});
