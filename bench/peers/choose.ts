// The peers that are there: perilune's build, npm packages, native binaries.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { type Peer, inProcessPeer, isCommand, nativePeer } from "./peer.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const IN_PROCESS = ["perilune", "wasmoon", "fengari"];

/** The peers named, or all that are found save fengari, which is very slow; says on stderr which are missing. */
export async function choosePeers(names: readonly string[] | undefined): Promise<Peer[]> {
  // two folders below the root, like its source: it finds dist/ by a relative path
  const bundle = join(ROOT, "node_modules/.perilune-bench/session-process.mjs");
  await build({
    entryPoints: [join(ROOT, "bench/peers/session-process.ts")], outfile: bundle, bundle: true, platform: "node", format: "esm", packages: "external", logLevel: "error",
  });
  const available = new Map(IN_PROCESS.map((name) => [name, inProcessPeer(name, bundle)]));
  if (!existsSync(join(ROOT, "dist/index.js"))) {
    console.error("dist/index.js is missing: run `npm run build` first; perilune is left out");
    available.delete("perilune");
  }
  for (const name of (names ?? ["lua5.4", "luajit"]).filter((each) => !IN_PROCESS.includes(each))) {
    if (isCommand(name)) available.set(name, nativePeer(name, name));
  }
  const chosen = names ?? [...available.keys()].filter((name) => name !== "fengari");
  for (const name of chosen) if (!available.has(name)) console.error(`no peer ${name}: left out`);
  return chosen.flatMap((name) => available.get(name) ?? []);
}
