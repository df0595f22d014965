// `perilune luac`: compiles, combines, strips and lists chunks, with luac's options, messages and exit codes.
import { disassemble } from "../../bytecode/disassemble.js";
import { dump } from "../../bytecode/dump.js";
import { encodeABCk, encodeABx } from "../../bytecode/instruction.js";
import { Op } from "../../bytecode/opcodes.js";
import { Proto } from "../../bytecode/proto.js";
import { BadChunk, undump } from "../../bytecode/undump.js";
import { compile } from "../../compiler/compile.js";
import { skipShebang } from "../../base/shebang.js";
import { LuaSyntaxError } from "../../lexer/syntax-error.js";

/** What the command needs from outside. All names, texts and contents are byte strings. */
export interface LuacHost {
  /** Contents of a file, or of standard input (undefined). @throws {FileFailure} */
  read(name: string | undefined): string;
  /** Writes a whole file, or to standard output (undefined). @throws {FileFailure} */
  write(name: string | undefined, contents: string): void;
  /** Writes to standard error. */
  error(text: string): void;
}

/** A file that cannot be used; `reason` is the system's text ("No such file or directory"). */
export class FileFailure extends Error {
  override name = "FileFailure";

  constructor(readonly operation: "open" | "read" | "write" | "close", readonly reason: string) {
    super(`cannot ${operation}: ${reason}`);
  }
}

const PROGRAM = "luac";
const DEFAULT_OUTPUT = "luac.out";
const VERSION = "Lua 5.4.6 (perilune luac)\n";

const USAGE = `usage: ${PROGRAM} [options] [files]
Options:
  -l       print a listing (-l -l: with constants, locals and upvalues)
  -o name  write the chunk to this file, "-" for standard output (default: ${DEFAULT_OUTPUT})
  -p       write no chunk
  -s       leave out debug information
  -v       print the version
  --       no options after this
  -        no options after this; read standard input
`;

interface Options {
  readonly files: string[];
  readonly listing: number;
  readonly dumping: boolean;
  readonly strip: boolean;
  /** undefined: standard output */
  readonly output: string | undefined;
  readonly showVersion: boolean;
  /** Nothing was asked for but the version. */
  readonly versionOnly: boolean;
}

/** Command line that makes no sense; the message goes before the usage text. */
class UsageError extends Error {}

/** Runs the command with the arguments after its name. Returns the process exit code: 0, or 1 after any error. */
export function luac(args: string[], host: LuacHost): number {
  try {
    const options = parseArguments(args);
    if (options.showVersion) host.write(undefined, VERSION);
    if (!options.versionOnly) run(options, host);
    return 0;
  } catch (e) {
    if (e instanceof UsageError) host.error(`${PROGRAM}: ${e.message}\n${USAGE}`);
    else if (e instanceof LuaSyntaxError || e instanceof BadChunk || e instanceof Failure) host.error(`${PROGRAM}: ${e.message}\n`);
    else throw e;
    return 1;
  }
}

function parseArguments(args: string[]): Options {
  let listing = 0;
  let dumping = true;
  let strip = false;
  let output: string | undefined = DEFAULT_OUTPUT;
  let versions = 0;
  let at = 0;
  options: for (; at < args.length; at++) {
    const arg = args[at]!;
    if (!arg.startsWith("-")) break;
    switch (arg) {
      case "-": break options; // stays, as the name of standard input
      case "--":
        at++;
        if (versions > 0) versions++; // so that it does not keep "-v --" from being all there is
        break options;
      case "-l": listing++; break;
      case "-o":
        output = args[++at];
        if (output === undefined || output === "" || (output.startsWith("-") && output !== "-")) {
          throw new UsageError("'-o' needs argument");
        }
        break;
      case "-p": dumping = false; break;
      case "-s": strip = true; break;
      case "-v": versions++; break;
      default: throw new UsageError(`unrecognized option '${arg}'`);
    }
  }
  let files = args.slice(at);
  if (files.length === 0 && (listing > 0 || !dumping)) { // list what was compiled last
    dumping = false;
    files = [DEFAULT_OUTPUT];
  }
  const versionOnly = versions > 0 && versions === args.length;
  if (files.length === 0 && !versionOnly) throw new UsageError("no input files given");
  return { files, listing, dumping, strip, output: output === "-" ? undefined : output, showVersion: versions > 0, versionOnly };
}

/** Anything else that ends the command with a message. */
class Failure extends Error {}

function run({ files, listing, dumping, strip, output }: Options, host: LuacHost): void {
  const main = combine(files.map((name) => load(name, host)));
  if (listing > 0) host.write(undefined, disassemble(main, { full: listing > 1 }));
  if (!dumping) return;
  const chunk = dump(main, strip);
  guard(output ?? "stdout", () => host.write(output, chunk));
}

/** Source or binary chunk of a file as a function. */
function load(name: string, host: LuacHost): Proto {
  const stdin = name === "-";
  const text = skipShebang(guard(stdin ? "stdin" : name, () => host.read(stdin ? undefined : name)));
  const chunkName = stdin ? "=stdin" : `@${name}`;
  return text.startsWith("\x1b") ? undump(text, chunkName) : compile(text, chunkName);
}

/** Turns the host's failures into luac's messages. */
function guard<T>(name: string, use: () => T): T {
  try {
    return use();
  } catch (e) {
    if (e instanceof FileFailure) throw new Failure(`cannot ${e.operation} ${name}: ${e.reason}`);
    throw e;
  }
}

/** One main function that calls the given ones in turn; a single one stands for itself. */
function combine(mains: Proto[]): Proto {
  if (mains.length === 1) return mains[0]!;
  const combined = new Proto();
  combined.source = "=(luac)";
  combined.isVararg = true;
  const code = [encodeABCk(Op.VarargPrep, 0, 0, 0, 0)];
  mains.forEach((main, i) => {
    const [globals] = main.upvalues;
    if (globals !== undefined) { // its _ENV is now the combined function's
      globals.inStack = false;
      globals.index = 0;
    }
    code.push(encodeABx(Op.Closure, 0, i), encodeABCk(Op.Call, 0, 1, 1, 0));
  });
  code.push(encodeABCk(Op.Return, 0, 1, 1, 0));
  combined.code = Int32Array.from(code);
  combined.protos = mains;
  combined.upvalues = [{ name: "_ENV", inStack: true, index: 0, kind: 0 }];
  return combined;
}
