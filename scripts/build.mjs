// Bundles src/ into dist/ (ESM) and writes the type declarations. `const enum`s become integer literals here: benches and the
// published package run this output, never the sources. Options: --no-types leaves the declarations out, --only-cli builds
// nothing but the command. A build that fails leaves dist/ as it was.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { bundledPackages, notices } from "./notices.mjs";

const onlyCli = process.argv.includes("--only-cli");
const types = !onlyCli && !process.argv.includes("--no-types");

const shared = {
  bundle: true,
  write: false,
  outdir: "dist",
  format: "esm",
  platform: "neutral",
  target: "es2022",
  mainFields: ["module", "main"],
  external: ["node:*", "fast-check", "wasmoon", "fengari"],
  define: { __DEV__: "false" },
  minifySyntax: true,
  legalComments: "eof",
  logLevel: "warning",
};

/** Packages whose code is in the outputs. */
const packages = new Set();

/** Output files of a build. */
async function bundle(entryPoints, options) {
  const present = Object.fromEntries(Object.entries(entryPoints).filter(([, file]) => existsSync(file)));
  const { outputFiles, metafile } = await build({ ...shared, ...options, entryPoints: present, metafile: true });
  for (const folder of bundledPackages(metafile)) packages.add(folder);
  return outputFiles;
}

/** Puts a file in place in one move, so that nobody who runs it sees half of it. */
function place({ path, contents }) {
  const draft = `${path}.${process.pid}`;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(draft, contents, { mode: basename(path) === "cli.js" ? 0o755 : 0o644 });
  renameSync(draft, path);
}

/** Lets the files of a build load another output, at its place relative to theirs, instead of holding its code. */
const elsewhere = (source, path) => ({
  name: "elsewhere",
  setup: ({ onResolve }) => onResolve({ filter: /^\.\// }, (from) => (from.path === source ? { path, external: true } : undefined)),
});

/** Parts of undici that are not reached by what is used of it: HTTP/2 and bodies of forms. */
const UNREACHED = /^\.\/client-h2\.js$|\/web\/fetch\/body\.js$/;
const withoutUnreached = {
  name: "without unreached",
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: UNREACHED }, ({ path }) => ({ path, namespace: "unreached" }));
    onLoad({ filter: /./, namespace: "unreached" }, () => ({ contents: "module.exports = undefined;" }));
  },
};

// the command is one file, which starts faster than several; the library's entry points share their code
const BRIDGES = "./commands/run-bridges.js"; // a file of its own: it is large, and most runs do not need it
const HTTP = "./node-http.js"; // likewise, and only Node can load it: undici asks for Node's modules by require
const REQUIRE = 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';
const outputs = await bundle({ cli: "src/cli/main.ts" }, { minifyWhitespace: true, external: [...shared.external, BRIDGES] });
outputs.push(...(await bundle({ "commands/run-bridges": "src/cli/commands/run-bridges.ts" }, { minifyWhitespace: true, plugins: [elsewhere(HTTP, "../node-http.js")] })));
outputs.push(...(await bundle({ "node-http": "src/engine/bridges/services/providers/node-http.ts" }, { platform: "node", minifyWhitespace: true, banner: { js: REQUIRE }, plugins: [withoutUnreached] })));
if (!onlyCli) outputs.push(...(await bundle({ index: "src/index.ts", vm: "src/vm/index.ts", testing: "src/testing/index.ts", bridges: "src/engine/bridges/index.ts", node: "src/host/node.ts" }, { splitting: true, plugins: [elsewhere(HTTP, "./node-http.js")] })));
mkdirSync("dist", { recursive: true });
for (const output of outputs) place(output);
if (!onlyCli) {
  const current = new Set(outputs.map(({ path }) => basename(path)));
  for (const name of readdirSync("dist")) if (name.endsWith(".js") && !current.has(name)) rmSync(`dist/${name}`);
  place({ path: "dist/LICENSES.txt", contents: notices([...packages].sort()) });
  for (const { path, contents } of outputs) {
    console.log(`${basename(path).padEnd(24)} ${(contents.length / 1000).toFixed(0).padStart(6)} kB ${(gzipSync(contents).length / 1000).toFixed(0).padStart(6)} kB gzip`);
  }
}

if (types) {
  rmSync("dist/types", { recursive: true, force: true });
  const tsc = spawnSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.types.json"], { stdio: "inherit" });
  if (tsc.status !== 0) process.exit(tsc.status ?? 1);
}
