// The guide's code runs: every Lua block offline in a restricted sandbox, the host's program against the sources.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { buildSync } from "esbuild";
import { describe, expect, test } from "vitest";
import { temporaryDirectory } from "../../support/files.js";
import { ApprovalService } from "../../../src/engine/bridges/services/approval.js";
import { bridgeWorld } from "./support.js";

const guide = readFileSync("docs/guide.md", "utf8");
const blocks = (language: string): string[] => [...guide.matchAll(new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``, "g"))].map((match) => match[1]!);
const directory = temporaryDirectory();

describe("the guide", () => {
  test.each(blocks("lua").map((code) => [code.split("\n").find((line) => !line.startsWith("local"))!.trim(), code]))("%s", async (_, code) => {
    const { context, printed } = bridgeWorld({ services: { approval: new ApprovalService() } });
    await context.execute(code);
    expect(printed.join("\n")).toMatchSnapshot();
  });

  test("the host's program", () => {
    const [program] = blocks("ts");
    const folder = join(directory.path, "host");
    mkdirSync(folder);
    writeFileSync(join(folder, "host.mts"), program!);
    const alias = { perilune: resolve("src/index.ts"), "perilune/bridges": resolve("src/engine/bridges/index.ts") };
    buildSync({
      entryPoints: [join(folder, "host.mts")], outfile: join(folder, "host.mjs"), bundle: true, format: "esm", platform: "node", mainFields: ["module", "main"],
      define: { __DEV__: "false" }, alias: { "perilune/bridges": alias["perilune/bridges"], perilune: alias.perilune }, logLevel: "error",
    });
    const run = spawnSync(process.execPath, ["host.mjs"], { cwd: folder, encoding: "utf8" });
    rmSync(folder, { recursive: true });
    expect([run.stdout, run.stderr]).toEqual(["sent to ann@example.org\n", ""]);
  });

  test("names every example", () => {
    for (const name of ["basic_agent", "tool_usage", "async_workflow", "event_handling", "schema_validation", "memory_management", "approval", "budget", "streaming"]) {
      expect(guide).toContain(`\`examples/lua/${name}.lua\``);
    }
  });
});
