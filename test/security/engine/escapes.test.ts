// Every attack of the corpus that must end by itself: with nothing found, or with the error it says. What only limits stop is in
// exhaustion.test.ts.
import { describe, expect, test } from "vitest";
import { ScriptError } from "../../../src/engine/errors.js";
import { readAttacks } from "../attack.js";
import { attackSource, attackWorld } from "../attack-world.js";

const attacks = readAttacks().filter((attack) => attack.expect !== undefined);
const categories = [...new Set(attacks.map(({ name }) => name.split("/")[0]!))];

/** Limits that none of these attacks needs, so that one that turns bad ends. */
const LIMITS = { instructions: 200_000_000, memory: 256_000_000, time: 20_000 };

describe.each(categories)("%s", (category) => {
  test.each(attacks.filter(({ name }) => name.startsWith(`${category}/`)).map((attack) => [attack.name, attack] as const))("%s", async (_, attack) => {
    const { engine, context } = attackWorld(attack, LIMITS);
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    let outcome: unknown;
    try {
      outcome = await context.execute(attackSource(attack));
    } catch (error) {
      outcome = error;
    }
    if (attack.expect === "held") expect(outcome).toBe("held");
    else {
      expect(outcome).toBeInstanceOf(ScriptError);
      expect({ code: (outcome as ScriptError).code, message: (outcome as ScriptError).message }).toEqual({ code: attack.expect!.code, message: expect.stringContaining(attack.expect!.message) as string });
    }
    expect(() => JSON.stringify(outcome)).not.toThrow();
    expect(Object.getOwnPropertyNames(Object.prototype)).not.toContain("polluted");

    const other = attackWorld({ policy: attack.policy }, LIMITS, engine).context;
    if (attack.elsewhere !== undefined) expect(await other.execute(attack.elsewhere)).toBe("held");
    expect(await other.execute("return 1 + 1")).toBe(2);
    context.dispose(); // nothing that the attack left behind holds it up
    expect(context.state).toBe("terminated");
    engine.dispose();
    await new Promise((resolve) => setTimeout(resolve, 3));
    clearInterval(timer);
    expect(turns).toBeGreaterThan(0);
  });
});
