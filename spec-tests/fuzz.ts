// `npm run fuzz`: compares perilune with C Lua on generated texts for as long as told. The work is bundled first, because
// the interpreter is several times slower when its enums are not literals.
import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { SPEC_TESTS } from "./paths.js";

const outfile = join(SPEC_TESTS, `../node_modules/.cache/perilune-fuzz/fuzz-${process.pid}.mjs`);
await build({
  entryPoints: [join(SPEC_TESTS, "fuzz/main.ts")],
  outfile,
  bundle: true,
  platform: "node",
  format: "esm",
  target: "es2022",
  packages: "external",
  define: { __DEV__: "true", "import.meta.url": JSON.stringify(pathToFileURL(join(SPEC_TESTS, "paths.ts")).href) },
  logLevel: "error",
});
const child = spawn(process.execPath, ["--stack-size=2000", outfile, ...process.argv.slice(2)], { stdio: "inherit" });
process.on("SIGINT", () => undefined); // the child reports and ends
child.on("close", (status) => {
  rmSync(outfile, { force: true });
  process.exit(status ?? 1);
});
