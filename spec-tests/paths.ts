// Where this folder is; the fuzz bundle, which lives elsewhere, replaces this module's own address.
import { fileURLToPath } from "node:url";

/** The folder spec-tests, with a slash at its end. */
export const SPEC_TESTS = fileURLToPath(new URL("./", import.meta.url));
