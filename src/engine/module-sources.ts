// Sources of Lua modules: files that exist in memory only, and directories that nothing leads out of.
import { bytesToString, fromHostText } from "../base/bytes.js";
import type { HostFiles } from "../vm/host.js";
import type { ModuleSource, ModuleText, NotFound } from "./modules.js";

/** Largest module, in bytes. */
const MAX_TEXT = 16 * 1024 * 1024;
const READ_SIZE = 65536;

/** Where module "app.util" may be: "app/util.lua", "app/util/init.lua". */
function candidates(name: string): readonly string[] {
  const path = name.replaceAll(".", "/");
  return [`${path}.lua`, `${path}/init.lua`];
}

/** Text of the host (UTF-16) or bytes, as a byte string. */
function toByteString(content: string | Uint8Array): string {
  return typeof content === "string" ? fromHostText(content) : bytesToString(content);
}

/** Modules as files in memory, by path ("app/util.lua"). They can be changed at any time; what is loaded stays as it was. */
export class VirtualFiles implements ModuleSource {
  private readonly files = new Map<string, string>();

  constructor(files: Readonly<Record<string, string | Uint8Array>> = {}, readonly description = "virtual files") {
    for (const path of Object.keys(files)) this.set(path, files[path]!);
  }

  /** Adds or replaces a file. Throws RangeError for a path that no module name leads to. */
  set(path: string, content: string | Uint8Array): void {
    if (!/^(?:[^/\\.\0]+\/)*[^/\\.\0]+\.lua$/.test(path)) throw new RangeError(`'${path}' is not a path of the form "app/util.lua"`);
    this.files.set(fromHostText(path), toByteString(content));
  }

  /** False: there was none. */
  delete(path: string): boolean {
    return this.files.delete(fromHostText(path));
  }

  find(name: string): ModuleText | NotFound {
    const tried = candidates(name);
    for (const path of tried) {
      const text = this.files.get(path);
      if (text !== undefined) return { text, chunkName: `@${path}` };
    }
    return { tried };
  }
}

/** Modules that a function of the host finds, at once or later: a database, a server, a bundle. */
export class ModuleFinder implements ModuleSource {
  /** `read`: the text of module `name`, or undefined. */
  constructor(readonly description: string, private readonly read: (name: string) => string | Uint8Array | undefined | PromiseLike<string | Uint8Array | undefined>) {}

  find(name: string): ModuleText | NotFound | PromiseLike<ModuleText | NotFound> {
    const answer = (content: string | Uint8Array | undefined): ModuleText | NotFound =>
      content === undefined ? { tried: [name] } : { text: toByteString(content), chunkName: `@${name}` };
    const content = this.read(name);
    return typeof content === "object" && "then" in content ? Promise.resolve(content).then(answer) : answer(content);
  }
}

/**
 * Modules in a directory of the host and below it. Links are followed before anything is opened: one that leads out of the
 * directory is refused, as if there were no such file.
 */
export class ModuleDirectory implements ModuleSource {
  readonly description: string;
  private readonly root: string;

  /** `root`: an absolute path; `files`: the host's, able to resolve links. Throws RangeError when they are not. */
  constructor(root: string, private readonly files: HostFiles) {
    if (files.resolve === undefined) throw new RangeError("this host cannot confine modules to a directory");
    if (!/^(?:\/|[A-Za-z]:[\\/])/.test(root) || root.includes("\0")) throw new RangeError(`'${root}' is not an absolute path`);
    this.description = `directory '${root}'`;
    this.root = fromHostText(root);
  }

  find(name: string): ModuleText | NotFound {
    const root = this.files.resolve!(this.root);
    const tried = candidates(name);
    for (const path of root.rest === "" ? tried : []) {
      const { existing, rest } = this.files.resolve!(`${root.existing}/${path}`);
      const isInside = existing.startsWith(root.existing.endsWith("/") ? root.existing : `${root.existing}/`);
      if (rest === "" && isInside && this.files.readable(existing)) return { text: this.readText(existing), chunkName: `@${path}` };
    }
    return { tried };
  }

  private readText(path: string): string {
    const file = this.files.open(path, "rb");
    try {
      let text = "";
      for (let part = file.read(READ_SIZE); part !== ""; part = file.read(READ_SIZE)) {
        text += part;
        if (text.length > MAX_TEXT) throw new RangeError(`module file is longer than ${MAX_TEXT} bytes`);
      }
      return text;
    } finally {
      file.close();
    }
  }
}
