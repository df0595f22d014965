// The host of a sandboxed state: the embedder's host behind the policy's permissions. What is not granted raises "permission
// denied"; it is never reported as a file that is missing.
import { fromHostText } from "../base/bytes.js";
import { type Host, HostError, type HostFile, type HostFiles, type HostProcess, type ProcessStatus } from "../vm/host.js";
import type { LuaState } from "../vm/state.js";
import { deny } from "./guard.js";
import type { Policy } from "./policy.js";

/** Files one state may have open at a time. */
const MAX_OPEN_FILES = 64;

export class SandboxHost implements Host {
  /** The state this host belongs to, once there is one. */
  state: LuaState | null = null;
  private fileGuard: FileGuard | undefined;
  private processGuard: ProcessGuard | undefined;

  constructor(readonly outer: Host, readonly policy: Policy) {}

  write(text: string): void {
    this.outer.write(text);
  }

  writeError(text: string): void {
    this.outer.writeError(text);
  }

  now(): number {
    return this.outer.now();
  }

  cpuTime(): number {
    return this.outer.cpuTime();
  }

  randomSeed(): bigint {
    return this.outer.randomSeed();
  }

  /** The host's own standard streams are for trusted code: their buffers are shared with everything else in the process. */
  get stdin(): HostFile | undefined {
    return this.policy.permissions.streams ? this.outer.stdin : deniedInput(this);
  }

  get stdout(): HostFile | undefined {
    return this.policy.permissions.streams ? this.outer.stdout : undefined;
  }

  get stderr(): HostFile | undefined {
    return this.policy.permissions.streams ? this.outer.stderr : undefined;
  }

  get files(): HostFiles | undefined {
    const { read, write } = this.policy.permissions.files;
    if (read === true && write === true) return this.outer.files;
    return (this.fileGuard ??= new FileGuard(this, this.outer.files));
  }

  get process(): HostProcess | undefined {
    const { process, environment } = this.policy.permissions;
    if (process && environment === true) return this.outer.process;
    return (this.processGuard ??= new ProcessGuard(this, this.outer.process));
  }

  deny(permission: string, subject: string, message: string): never {
    return deny(this.state!, permission, subject, `permission denied: ${message}`);
  }
}

function deniedInput(host: SandboxHost): HostFile {
  return {
    read: () => host.deny("streams", "", "reading standard input"),
    write: () => host.deny("streams", "", "writing to standard input"),
    seek: () => host.deny("streams", "", "reading standard input"),
    flush() {},
    setBuffer() {},
    close: () => undefined,
  };
}

const WRITES = /[wa+]/;

/** Files under the roots of a policy. */
class FileGuard implements HostFiles {
  private open_ = 0;

  constructor(private readonly host: SandboxHost, private readonly outer: HostFiles | undefined) {}

  open(path: string, mode: string): HostFile {
    const real = mode.startsWith("r") ? this.permit("read", path) : path;
    const target = WRITES.test(mode) ? this.permit("write", path) : real;
    return this.counted(() => this.outer!.open(target, mode));
  }

  remove(path: string): void {
    this.outer!.remove(this.permit("write", path));
  }

  rename(from: string, to: string): void {
    const source = this.permit("write", from);
    this.outer!.rename(source, this.permit("write", to));
  }

  temporaryName(): string {
    this.permitAll("temporary files");
    return this.outer!.temporaryName();
  }

  temporaryFile(): HostFile {
    this.permitAll("temporary files");
    return this.counted(() => this.outer!.temporaryFile());
  }

  readable(path: string): boolean {
    return this.outer!.readable(this.permit("read", path));
  }

  /** The real path for `path` when it lies under a root that may be read or written; raises when it does not. */
  private permit(access: "read" | "write", path: string): string {
    const grant = this.host.policy.permissions.files[access];
    const what = `file ${access} of '${path}'`;
    if (grant === false) this.refuse(access, path, `${what} (policy '${this.host.policy.name}' grants no files to ${access})`);
    if (this.outer === undefined) throw new HostError("Function not implemented", 38);
    if (grant === true) return path;
    if (path.includes("\0")) this.refuse(access, path, `file ${access} of '${path.replaceAll("\0", "\\0")}': the path has a zero byte`);
    const { outer } = this;
    if (outer.resolve === undefined) return this.refuse(access, path, `${what}: this host cannot tell real paths`);
    const { existing, rest } = outer.resolve(path);
    const isKnown = !rest.split("/").includes("..");
    const roots = grant.map((root) => outer.resolve!(fromHostText(root)));
    if (!isKnown || !roots.some((root) => root.rest === "" && isInside(root.existing, existing))) {
      return this.refuse(access, path, `${what} is outside the allowed roots`);
    }
    return rest === "" ? existing : `${existing.endsWith("/") ? existing : `${existing}/`}${rest}`;
  }

  private refuse(access: "read" | "write", path: string, message: string): never {
    return deny(this.host.state!, `file.${access}`, path, `permission denied: ${message}`);
  }

  private permitAll(what: string): void {
    if (this.host.policy.permissions.files.write !== true) {
      this.host.deny("file.write", "", `${what} (policy '${this.host.policy.name}' does not grant writing everywhere)`);
    }
    if (this.outer === undefined) throw new HostError("Function not implemented", 38);
  }

  private counted(open: () => HostFile): HostFile {
    if (this.open_ >= MAX_OPEN_FILES) throw new HostError("Too many open files", 24);
    const file = open();
    this.open_++;
    return new CountedFile(file, () => this.open_--);
  }
}

class CountedFile implements HostFile {
  private closed = false;
  constructor(private readonly file: HostFile, private readonly done: () => void) {}
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
    if (!this.closed) this.done();
    this.closed = true;
    return this.file.close();
  }
}

/** Whether `path` is `root` or lies below it; both are real paths. */
function isInside(root: string, path: string): boolean {
  return path === root || path.startsWith(root.endsWith("/") ? root : `${root}/`);
}

/** The process and its environment, as far as a policy goes. */
class ProcessGuard implements HostProcess {
  constructor(private readonly host: SandboxHost, private readonly outer: HostProcess | undefined) {}

  getenv(name: string): string | undefined {
    if (!this.host.policy.allows("environment", name)) this.host.deny("environment", name, `environment variable '${name}'`);
    return this.outer?.getenv(name);
  }

  exit(code: number): never {
    this.permit("ending the process");
    return this.outer!.exit(code);
  }

  execute(command: string): ProcessStatus | undefined {
    this.permit(`running the command '${command}'`);
    return this.outer!.execute(command);
  }

  popen(command: string, mode: "r" | "w"): HostFile {
    this.permit(`running the command '${command}'`);
    return this.outer!.popen(command, mode);
  }

  hasShell(): boolean {
    return this.host.policy.permissions.process && this.outer !== undefined && this.outer.hasShell();
  }

  setlocale(locale: string | undefined, category: string): string | undefined {
    if (this.host.policy.permissions.process && this.outer?.setlocale !== undefined) return this.outer.setlocale(locale, category);
    return locale === undefined || locale === "" || locale === "C" || locale === "POSIX" ? "C" : undefined;
  }

  private permit(what: string): void {
    if (!this.host.policy.permissions.process) this.host.deny("process", what, what);
    if (this.outer === undefined) throw new HostError("Function not implemented", 38);
  }
}
