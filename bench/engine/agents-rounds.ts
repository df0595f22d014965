// Rounds of the bench of agents in a process of their own: V8 takes some settings only where it starts. Arguments: the server's
// URL, scripts at once, rounds before the first that counts, rounds. Prints the outcomes as JSON.
import { scene } from "./agents-scene.js";

const [url, scripts, warm, rounds] = process.argv.slice(2);
for (let i = 0; i < Number(warm); i++) await scene(url!, Number(scripts));
const outcomes = [];
for (let i = 0; i < Number(rounds); i++) outcomes.push(await scene(url!, Number(scripts)));
console.log(JSON.stringify(outcomes));
process.exit(0); // idle connections to the server
