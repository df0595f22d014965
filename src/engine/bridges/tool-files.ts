// Files for the built-in tools: those of the state's host, which the policy has confined already.
import { fromHostText, toHostText } from "../../base/bytes.js";
import type { LuaState } from "../../vm/state.js";
import { BridgeFailure, messageOf } from "./services/failure.js";
import type { ToolFiles } from "./services/tool-builtins.js";

/** Longest text that a tool reads, in bytes. */
const LARGEST = 1_000_000;

export function toolFiles(state: LuaState): ToolFiles {
  const open = (path: string, mode: string): NonNullable<ReturnType<NonNullable<LuaState["host"]["files"]>["open"]>> => {
    const { files } = state.host;
    if (files === undefined) throw new BridgeFailure("permission", "there are no files here");
    try {
      return files.open(fromHostText(path), mode);
    } catch (error) {
      throw new BridgeFailure("file", `cannot open '${path}': ${messageOf(error)}`, { cause: error });
    }
  };
  return {
    read(path) {
      const file = open(path, "rb");
      try {
        let text = "";
        for (let piece = file.read(1 << 16); piece !== ""; piece = file.read(1 << 16)) {
          text += piece;
          if (text.length > LARGEST) throw new BridgeFailure("too_large", `'${path}' has more than ${LARGEST} bytes`);
        }
        return toHostText(text);
      } finally {
        file.close();
      }
    },
    write(path, text, append) {
      const file = open(path, append ? "ab" : "wb");
      const bytes = fromHostText(text);
      try {
        file.write(bytes);
      } finally {
        file.close();
      }
      return bytes.length;
    },
  };
}
