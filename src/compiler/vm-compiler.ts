// The compiler as the VM wants it: text, binary chunks (verified), and dump.
import type { Pieces } from "../base/pieces.js";
import { dump } from "../bytecode/dump.js";
import type { Proto } from "../bytecode/proto.js";
import { undump } from "../bytecode/undump.js";
import { verify } from "../bytecode/verify.js";
import { compile, compileInPieces } from "./compile.js";

export const vmCompiler = {
  compile: (source: string, chunkName: string, progress?: () => void): Proto => compile(source, chunkName, undefined, progress),
  compileInPieces: (source: string, chunkName: string, progress?: () => void): Pieces<Proto> => compileInPieces(source, chunkName, undefined, progress),
  undump(chunk: string, chunkName: string): Proto {
    const proto = undump(chunk, chunkName);
    verify(proto);
    return proto;
  },
  dump,
};
