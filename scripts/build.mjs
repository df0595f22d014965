// Bundles src/ into dist/ (ESM, code shared between the entry points is split out) and writes the type declarations.
// `const enum`s become integer literals here: benches and the published package run this output, never the sources.
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, rmSync } from "node:fs";
import { build } from "esbuild";

const types = !process.argv.includes("--no-types");
rmSync("dist", { recursive: true, force: true });

const entries = { index: "src/index.ts", vm: "src/vm/index.ts", cli: "src/cli/main.ts" };
const entryPoints = Object.fromEntries(Object.entries(entries).filter(([, file]) => existsSync(file)));

await build({
  entryPoints,
  outdir: "dist",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "neutral",
  target: "es2022",
  external: ["node:*"],
  define: { __DEV__: "false" },
  minifySyntax: true,
  legalComments: "eof",
  logLevel: "warning",
});
if (existsSync("dist/cli.js")) chmodSync("dist/cli.js", 0o755);

if (types) {
  const tsc = spawnSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.types.json"], { stdio: "inherit" });
  if (tsc.status !== 0) process.exit(tsc.status ?? 1);
}
