// Bundles src/ into dist/ (ESM) and writes the type declarations. `const enum`s become integer literals here: benches and the
// published package run this output, never the sources. Options: --no-types leaves the declarations out.
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, rmSync } from "node:fs";
import { build } from "esbuild";

const types = !process.argv.includes("--no-types");
rmSync("dist", { recursive: true, force: true });

const shared = {
  outdir: "dist",
  bundle: true,
  format: "esm",
  platform: "neutral",
  target: "es2022",
  external: ["node:*"],
  define: { __DEV__: "false" },
  minifySyntax: true,
  legalComments: "eof",
  logLevel: "warning",
};
const library = { index: "src/index.ts", vm: "src/vm/index.ts" };
const present = Object.fromEntries(Object.entries(library).filter(([, file]) => existsSync(file)));
// the library's entry points share their code; the command is one file, which starts faster than several
await build({ ...shared, entryPoints: present, splitting: true });
await build({ ...shared, entryPoints: { cli: "src/cli/main.ts" }, minifyWhitespace: true });
chmodSync("dist/cli.js", 0o755);

if (types) {
  const tsc = spawnSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.types.json"], { stdio: "inherit" });
  if (tsc.status !== 0) process.exit(tsc.status ?? 1);
}
