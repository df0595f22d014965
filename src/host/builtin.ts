// Node's own modules, loaded when first used: some take milliseconds that a short run should not pay.
import { createRequire } from "node:module";

const loaded = new Map<string, unknown>();

/** The module `name` ("node:tty"); `T` is its type. */
export function builtin<T>(name: string): T {
  let found = loaded.get(name);
  if (found === undefined) loaded.set(name, (found = createRequire(import.meta.url)(name)));
  return found as T;
}
