// Every bridge of the package, in the order of the reference.
import { agentBridge } from "./agent.js";
import type { Bridge } from "./define.js";
import { eventBridge } from "./event.js";
import { hookBridge } from "./hook.js";
import { memoryBridge } from "./memory.js";
import { outputBridge } from "./output.js";
import { providerBridge } from "./provider.js";
import { schemaBridge } from "./schema.js";
import { testBridge } from "./test.js";
import { toolBridge } from "./tool.js";
import { workflowBridge } from "./workflow.js";

export const ALL_BRIDGES: readonly Bridge[] = [agentBridge, toolBridge, workflowBridge, providerBridge, eventBridge, testBridge, schemaBridge, memoryBridge, hookBridge, outputBridge];

/** The bridges of these names. Throws RangeError for a name that no bridge has. */
export function bridgesNamed(names: readonly string[]): Bridge[] {
  return names.map((name) => {
    const bridge = ALL_BRIDGES.find((each) => each.name === name);
    if (bridge === undefined) throw new RangeError(`no bridge is called '${name}' (there are ${ALL_BRIDGES.map((each) => each.name).join(", ")})`);
    return bridge;
  });
}
