import { spawn } from "node:child_process";
import { appendFileSync, mkdtempSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FileStore } from "../../../../src/engine/bridges/services/file-store.js";
import { SQLITE_DRIVERS, SqliteStore, openSqlite } from "../../../../src/engine/bridges/services/sqlite-store.js";
import { ProcessStore, type Store } from "../../../../src/engine/bridges/services/store.js";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "perilune-store-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let made = 0;
const fresh = (): string => join(folder, `store-${++made}`);

/** SQLite drivers that this machine has; node-sqlite3-wasm comes with the development tools. */
const drivers: string[] = [];
for (const name of SQLITE_DRIVERS) {
  try {
    (await openSqlite(":memory:", [name])).close();
    drivers.push(name);
  } catch {
    // not installed here
  }
}

interface Kind {
  readonly name: string;
  /** Opens a store, the same one for the same path. */
  readonly open: (path: string) => Promise<Store>;
  readonly survives: boolean;
}
const kinds: Kind[] = [
  { name: "process", open: () => Promise.resolve(new ProcessStore()), survives: false },
  { name: "file", open: (path) => FileStore.open(path), survives: true },
  ...drivers.map((driver) => ({ name: driver, open: (path: string) => SqliteStore.open(`${path}.db`, [driver as (typeof SQLITE_DRIVERS)[number]]), survives: true })),
];

describe.each(kinds)("$name store", ({ open, survives }) => {
  test("keeps texts by key", async () => {
    const store = await open(fresh());
    expect([await store.get("a"), await store.delete("a"), await store.keys()]).toEqual([undefined, false, []]);
    const texts = { "a": "1", "a/b": "", "ü%_'\"": "line\nbreak \u0000 \u{1f600}", "A": "x".repeat(100_000) };
    for (const [key, text] of Object.entries(texts)) await store.set(key, text);
    for (const [key, text] of Object.entries(texts)) expect(await store.get(key)).toBe(text);
    await store.set("a", "2");
    expect([await store.get("a"), await store.keys("a"), await store.keys()]).toEqual(["2", ["a", "a/b"], Object.keys(texts).sort()]);
    expect([await store.delete("a"), await store.get("a"), await store.keys("a")]).toEqual([true, undefined, ["a/b"]]);
    await store.close();
    await store.close();
  });

  test("takes many writes at once, the last one of a key counts", async () => {
    const store = await open(fresh());
    await Promise.all(Array.from({ length: 200 }, (_, i) => store.set(`k${i % 50}`, String(i))));
    expect(await Promise.all(Array.from({ length: 50 }, (_, i) => store.get(`k${i}`)))).toEqual(Array.from({ length: 50 }, (_, i) => String(i + 150)));
    await store.close();
  });

  test.runIf(survives)("has everything when it is opened again", async () => {
    const path = fresh();
    for (let round = 0; round < 3; round++) {
      const store = await open(path);
      for (let i = 0; i < round; i++) expect(await store.get(`round${i}`)).toBe(String(i));
      await store.set(`round${round}`, String(round));
      await store.set("gone", "x");
      await store.delete("gone");
      await store.close();
    }
    const store = await open(path);
    expect(await store.keys()).toEqual(["round0", "round1", "round2"]);
    await store.close();
  });

  test.runIf(survives)("refuses to work once it is closed", async () => {
    const store = await open(fresh());
    await store.close();
    await expect((async () => store.set("a", "b"))()).rejects.toMatchObject({ code: "closed" });
    await expect((async () => store.get("a"))()).rejects.toMatchObject({ code: "closed" });
  });
});

describe("SQLite", () => {
  test.skipIf(drivers.length > 0)("no driver is installed here: the store was not tested", () => {});

  test("says so when there is no driver", async () => {
    await expect(openSqlite(":memory:", [])).rejects.toMatchObject({ code: "no_driver" });
  });

  test.runIf(drivers.length > 0)("says so when the file cannot be opened", async () => {
    await expect(SqliteStore.open(join(folder, "no", "such", "folder", "x"))).rejects.toMatchObject({ code: "io" });
  });
});

describe("a directory", () => {
  test("belongs to one process at a time", async () => {
    const path = fresh();
    const store = await FileStore.open(path);
    await expect(FileStore.open(path)).rejects.toMatchObject({ code: "in_use" });
    await store.close();
    await (await FileStore.open(path)).close();
  });

  test("whose process is gone can be opened", async () => {
    const path = fresh();
    await (await FileStore.open(path)).close();
    writeFileSync(join(path, "lock"), "999999999");
    await (await FileStore.open(path)).close();
  });

  test("with a journal that is cut off or damaged has all that came before", async () => {
    for (const damage of [(file: string) => truncateSync(file, readFileSync(file).length - 3), (file: string) => appendFileSync(file, "deadbeef {\"k\":\"evil\",\"v\":\"1\"}\n"), (file: string) => appendFileSync(file, "\0\0\0\0")]) {
      const path = fresh();
      const store = await FileStore.open(path);
      await store.set("first", "1");
      await store.set("second", "2");
      const journal = join(path, readdirSync(path).find((name) => name.startsWith("journal-"))!);
      const copy = readFileSync(journal);
      await store.close();
      writeFileSync(journal, copy);
      damage(journal);
      const again = await FileStore.open(path);
      expect([await again.get("first"), await again.get("evil")]).toEqual(["1", undefined]);
      await again.set("third", "3");
      await again.close();
      const last = await FileStore.open(path);
      expect([await last.get("first"), await last.get("third")]).toEqual(["1", "3"]);
      await last.close();
    }
  });

  test("with a damaged snapshot is refused, and left as it is", async () => {
    const path = fresh();
    const store = await FileStore.open(path);
    await store.set("a", "1");
    await store.close();
    await (await FileStore.open(path)).close(); // now it is in the snapshot
    const snapshot = join(path, "snapshot");
    const text = readFileSync(snapshot, "utf8");
    writeFileSync(snapshot, text.replace('"1"', '"2"'));
    await expect(FileStore.open(path)).rejects.toMatchObject({ code: "damaged" });
    writeFileSync(snapshot, text);
    rmSync(join(path, "lock"), { force: true });
    const again = await FileStore.open(path);
    expect(await again.get("a")).toBe("1");
    await again.close();
  });

  test("is written anew when the journal has grown, and stays small", async () => {
    const path = fresh();
    const store = await FileStore.open(path);
    const text = "x".repeat(50_000);
    for (let i = 0; i < 100; i++) await store.set("same", `${i} ${text}`);
    const size = readdirSync(path).reduce((sum, name) => sum + readFileSync(join(path, name)).length, 0);
    expect(size).toBeLessThan(2_000_000);
    await store.close();
    const again = await FileStore.open(path);
    expect((await again.get("same"))!.startsWith("99 ")).toBe(true);
    await again.close();
  });

  test("that cannot be made is a failure", async () => {
    writeFileSync(join(folder, "file"), "");
    await expect(FileStore.open(join(folder, "file", "store"))).rejects.toMatchObject({ code: "io" });
  });
});

/** A process that writes without end and says on its output what was acknowledged. */
const WRITER = `
import { FileStore } from "FILE_STORE";
const store = await FileStore.open(process.argv[2]);
let n = Number(process.argv[3]);
const lane = async (name) => {
  for (;;) {
    const mine = ++n;
    const text = String(mine) + " " + "x".repeat((mine * 7919) % 20_000);
    await store.set(name, text);
    process.stdout.write(name + " " + mine + "\\n");
    if (mine % 10 === 0) {
      await store.delete("gone");
      await store.set("gone", "x");
      await store.delete("gone");
    }
  }
};
await Promise.all(["a", "b", "c", "d"].map(lane));
`;

test("a process killed while it writes loses nothing that was acknowledged", async () => {
  const path = fresh();
  const script = join(folder, "writer.mjs");
  const entry = join(process.cwd(), "src/engine/bridges/services/file-store.ts");
  const { outputFiles } = buildSync({ stdin: { contents: WRITER.replace("FILE_STORE", entry), resolveDir: process.cwd() }, bundle: true, write: false, format: "esm", platform: "node", define: { __DEV__: "false" } });
  writeFileSync(script, outputFiles[0]!.contents);
  const acknowledged: Record<string, number> = {};
  for (let round = 0; round < 8; round++) {
    const child = spawn(process.execPath, [script, path, String(round * 1_000_000)], { stdio: ["ignore", "pipe", "inherit"] });
    let output = "";
    await new Promise<void>((resolve) => {
      child.stdout.on("data", (piece: Buffer) => {
        if (output === "") setTimeout(() => child.kill("SIGKILL"), Math.random() * 250);
        output += piece.toString();
      });
      child.on("close", () => resolve());
    });
    for (const [, name, n] of output.matchAll(/^(\w) (\d+)\n/gm)) acknowledged[name!] = Math.max(acknowledged[name!] ?? 0, Number(n));
    const store = await FileStore.open(path);
    for (const [name, n] of Object.entries(acknowledged)) {
      const text = await store.get(name);
      const found = Number(text!.split(" ")[0]);
      expect(found).toBeGreaterThanOrEqual(n);
      expect(text).toBe(`${found} ${"x".repeat((found * 7919) % 20_000)}`); // whole, not a part of it
    }
    await store.close();
  }
  expect(Object.keys(acknowledged)).toHaveLength(4);
});
