// Rounds of the bench of agents in a process of their own, as a host would run them: without a loader for TypeScript, and with what
// V8 takes only where it starts. Arguments: the server's URL, scripts at once, rounds before the first that counts, rounds. Prints
// what was measured as JSON.
import { type Cost, type Outcome, floor, scene } from "./agents-scene.js";

export interface Rounds {
  /** With code that nothing has compiled yet, and no connection. */
  readonly first: Outcome;
  readonly outcomes: readonly Outcome[];
  /** Of the bare transport, each before the outcome at the same place. */
  readonly floors: readonly Cost[];
}

const [url, scripts, warm, rounds] = process.argv.slice(2);
const count = Number(scripts);
const first = await scene(url!, count);
for (let i = 1; i < Number(warm); i++) await scene(url!, count);
await floor(url!, count);
const outcomes: Outcome[] = [];
const floors: Cost[] = [];
for (let i = 0; i < Number(rounds); i++) {
  floors.push(await floor(url!, count));
  outcomes.push(await scene(url!, count));
}
console.log(JSON.stringify({ first, outcomes, floors } satisfies Rounds));
process.exit(0); // idle connections to the server
