// The cases of sandboxed states: making them, taking them from a pool. See values-cases.ts.
import { policies } from "../../src/engine/policy.js";
import { StatePool } from "../../src/engine/pool.js";
import { createSandboxedState } from "../../src/engine/sandbox.js";
import type { LuaState } from "../../src/vm/state.js";
import type { Case } from "./values-cases.js";

const BURST = 500;
const { none, restricted, strict } = policies;
const pool = new StatePool({ size: BURST, policies: [restricted] });
const scripts = new StatePool({ size: 1, policies: [restricted] });
const taken: LuaState[] = [];
let sink: unknown;

const repeat = (work: () => unknown): ((repetitions: number) => void) => (repetitions) => {
  for (let i = 0; i < repetitions; i++) sink = work();
};

export const cases: readonly Case[] = [
  { name: "new state, none", pieces: 1, target: 20_000, run: repeat(() => createSandboxedState({ policy: none })) },
  { name: "new state, restricted", pieces: 1, target: 20_000, run: repeat(() => createSandboxedState({ policy: restricted })) },
  { name: "new state, strict", pieces: 1, target: 20_000, run: repeat(() => createSandboxedState({ policy: strict })) },
  { name: "acquire and release, the new state included", pieces: BURST, run: repeat(() => {
    for (let i = 0; i < BURST; i++) taken.push(pool.acquire());
    for (const state of taken.splice(0)) pool.release(state);
  }) },
  { name: "acquire, one script, release", pieces: 1, run: repeat(() => {
    const state = scripts.acquire();
    sink = state.call(state.load("x = 1 return x", "=x"));
    scripts.release(state);
  }) },
];

export { sink };
