// Being told to stop: who hears it, once, and who has called it off.
import { describe, expect, test } from "vitest";
import { Stop } from "../../../../src/engine/bridges/services/stop.js";

describe("listeners", () => {
  test("all hear of it, once", () => {
    const stop = new Stop();
    const heard: string[] = [];
    for (const name of ["a", "b", "c"]) stop.onStop(() => heard.push(name));
    stop.stop("enough");
    stop.stop("again");
    expect(heard).toEqual(["a", "b", "c"]);
    expect([stop.isStopped, stop.stopReason]).toEqual([true, "enough"]);
  });

  test("do not hear of it once they have called it off, whichever came first", () => {
    for (const off of [0, 1, 2]) {
      const stop = new Stop();
      const heard: number[] = [];
      const offs = [0, 1, 2].map((i) => stop.onStop(() => heard.push(i)));
      offs[off]!();
      offs[off]!();
      stop.onStop(() => heard.push(3));
      stop.stop(undefined);
      expect(heard.sort()).toEqual([0, 1, 2, 3].filter((i) => i !== off));
    }
  });

  test("the same function may listen twice, and call off one of them", () => {
    const stop = new Stop();
    let count = 0;
    const listener = (): void => void count++;
    const off = stop.onStop(listener);
    stop.onStop(listener);
    off();
    stop.stop(undefined);
    expect(count).toBe(1);
  });
});
