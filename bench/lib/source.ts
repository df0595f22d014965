// A large, ordinary Lua source for the compile bench: the bench programs themselves, over and over, each as a function.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const PROGRAMS = fileURLToPath(new URL("../programs/", import.meta.url));

/** At least `bytes` bytes of valid Lua. */
export function largeSource(bytes: number): string {
  const bodies = readdirSync(PROGRAMS)
    .filter((file) => file.endsWith(".lua"))
    .sort()
    .map((file) => readFileSync(PROGRAMS + file, "latin1"));
  const parts = ["local parts = {}\n"];
  for (let size = 0, i = 0; size < bytes; i++) {
    const part = `parts[${i + 1}] = function(...)\n${bodies[i % bodies.length]}end\n`;
    parts.push(part);
    size += part.length;
  }
  parts.push("return parts\n");
  return parts.join("");
}
