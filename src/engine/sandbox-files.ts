// Files of a sandboxed state: those under the roots of its policy, links followed before the roots are looked at. What is
// opened is the path without links, so that nothing the script does to names in between changes where it leads.
import { fromHostText } from "../base/bytes.js";
import { flushFiles } from "../stdlib/io-file.js";
import { HostError, type HostFile, type HostFiles, type ProcessStatus } from "../vm/host.js";
import { named } from "./guard.js";
import type { SandboxHost } from "./sandbox-host.js";

type Access = "read" | "write";

/** Where a path must lie: a root itself can be opened, but not removed or renamed. */
const enum Place {
  AtOrBelow,
  Below,
}

/** Files one state may have open at a time, unless it may use all files. */
const MAX_OPEN_FILES = 64;
const WRITES = /[wa+]/;

export class FileGuard implements HostFiles {
  private readonly opened = new Set<GuardedFile>();

  constructor(private readonly host: SandboxHost) {}

  private get outer(): HostFiles {
    return this.host.outer.files ?? missing("Function not implemented", 38);
  }

  open(path: string, mode: string): HostFile {
    const reads = mode.startsWith("r");
    const readable = reads ? this.permit("read", path) : path;
    const real = WRITES.test(mode) ? this.permit("write", path) : readable;
    return this.guarded(() => this.outer.open(real, mode));
  }

  remove(path: string): void {
    this.outer.remove(this.permit("write", path, Place.Below));
  }

  rename(from: string, to: string): void {
    const source = this.permit("write", from, Place.Below);
    this.outer.rename(source, this.permit("write", to, Place.Below));
  }

  temporaryName(): string {
    const { determinism } = this.host;
    if (determinism !== null) return determinism.temporaryName();
    this.permitAnywhere("making a temporary file");
    return this.outer.temporaryName();
  }

  temporaryFile(): HostFile {
    this.permitAnywhere("making a temporary file");
    return this.guarded(() => this.outer.temporaryFile());
  }

  readable(path: string): boolean {
    const real = this.permit("read", path);
    return this.host.outer.files?.readable(real) === true;
  }

  /** Closes every file the script has left open, with what was written to it. */
  closeAll(): void {
    flushFiles(this.opened);
    for (const file of this.opened) {
      try {
        file.close();
      } catch {
        // nobody is left to be told
      }
    }
  }

  /** The path without links for `path` when it may be used; raises when it may not. */
  private permit(access: Access, path: string, place = Place.AtOrBelow): string {
    const { policy } = this.host;
    const grant = policy.permissions.files[access];
    if (grant === true) return path;
    const shown = path.replaceAll("\0", "\\0");
    const refuse = (why: string): never => this.host.deny(`file.${access}`, path, `file ${access} of '${shown}' ${why}`);
    if (grant === false) return refuse(`(${named(policy)} grants no files to ${access})`);
    if (path.includes("\0")) return refuse("has a zero byte in its path");
    const { outer } = this;
    if (outer.resolve === undefined) return refuse("cannot be confined to the allowed roots by this host");
    const { existing, rest } = outer.resolve(path);
    const roots = grant.map((root) => outer.resolve!(fromHostText(root)));
    const isUnder = roots.some((root) => root.rest === "" && isInside(root.existing, existing, place === Place.Below && rest === ""));
    if (!isUnder || rest.split("/").includes("..")) return refuse("is outside the allowed roots");
    return rest === "" ? existing : `${existing.endsWith("/") ? existing : `${existing}/`}${rest}`;
  }

  private permitAnywhere(what: string): void {
    const { policy } = this.host;
    if (policy.permissions.files.write !== true) this.host.deny("file.write", "", `${what} (${named(policy)} does not grant writing everywhere)`);
  }

  private guarded(open: () => HostFile): HostFile {
    const { read, write } = this.host.policy.permissions.files;
    if (this.opened.size >= MAX_OPEN_FILES && !(read === true && write === true)) missing("Too many open files", 24);
    const file = new GuardedFile(open(), this.opened);
    this.opened.add(file);
    return file;
  }
}

function missing(text: string, errno: number): never {
  throw new HostError(text, errno);
}

/** An open file that its state's host knows of. */
class GuardedFile implements HostFile {
  constructor(private readonly file: HostFile, private readonly opened: Set<GuardedFile>) {}

  read(count: number): string {
    return this.file.read(count);
  }

  write(text: string): void {
    this.file.write(text);
  }

  seek(whence: "set" | "cur" | "end", offset: number): number {
    return this.file.seek(whence, offset);
  }

  flush(): void {
    this.file.flush();
  }

  close(): ProcessStatus | undefined {
    this.opened.delete(this);
    return this.file.close();
  }
}

/** Whether `path` lies below `root`, or (unless `strictly`) is it; both without links. */
function isInside(root: string, path: string, strictly: boolean): boolean {
  return path === root ? !strictly : path.startsWith(root.endsWith("/") ? root : `${root}/`);
}
