// The standard library as a list, in the order in which C Lua opens it.
import { type LibrarySpec, openLibrary } from "../vm/library.js";
import type { LuaState } from "../vm/state.js";
import { basicLibrary } from "./basic.js";
import { coroutineLibrary } from "./coroutine.js";
import { debugLibrary } from "./debug.js";
import { ioLibrary } from "./io.js";
import { markLeaves } from "./leaves.js";
import { mathLibrary } from "./math.js";
import { osLibrary } from "./os.js";
import { packageLibrary } from "./package.js";
import { stringLibrary } from "./string/library.js";
import { tableLibrary } from "./table.js";
import { utf8Library } from "./utf8.js";

/** Every library of the manual's chapter 6. */
export const STANDARD_LIBRARIES: readonly LibrarySpec[] = [
  basicLibrary, packageLibrary, coroutineLibrary, tableLibrary, ioLibrary, osLibrary, stringLibrary, mathLibrary, utf8Library, debugLibrary,
];

/** Opens `libraries` (all of them unless given) in `state`. */
export function openLibraries(state: LuaState, libraries: readonly LibrarySpec[] = STANDARD_LIBRARIES): void {
  state.enter();
  try {
    for (const library of libraries) {
      const table = openLibrary(state, library);
      if (STANDARD_LIBRARIES.includes(library)) markLeaves(table, library); // a host's own may do anything under the same names
    }
  } finally {
    state.leave();
  }
}
