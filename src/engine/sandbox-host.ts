// The host of a sandboxed state: the embedder's host behind the policy's permissions. What is not granted raises "permission
// denied"; it is never reported as something that is missing.
import { LuaThrow } from "../vm/fault.js";
import type { Host, HostFile, HostFiles, HostProcess, ProcessStatus } from "../vm/host.js";
import { where } from "../vm/inspect.js";
import type { LuaState } from "../vm/state.js";
import type { Determinism } from "./deterministic-host.js";
import { Sandbox, deny, named } from "./guard.js";
import type { ModuleRegistry } from "./modules.js";
import type { Policy } from "./policy.js";
import { FileGuard } from "./sandbox-files.js";

export class SandboxHost extends Sandbox implements Host {
  /** The state this host belongs to, once there is one. */
  state: LuaState | null = null;
  determinism: Determinism | null = null;
  private fileGuard: FileGuard | undefined;
  private processGuard: ProcessGuard | undefined;

  constructor(public outer: Host, policy: Policy, modules: ModuleRegistry | undefined) {
    super(policy, modules);
  }

  write(text: string): void {
    this.outer.write(text);
  }

  writeError(text: string): void {
    this.outer.writeError(text);
  }

  /** Limits go by the real clock, scripts by {@link time}. */
  now(): number {
    return this.outer.now();
  }

  elapsed(): number {
    const { outer } = this;
    return outer.elapsed === undefined ? outer.now() : outer.elapsed();
  }

  time(): number {
    const { determinism, outer } = this;
    if (determinism !== null) return determinism.time();
    return outer.time === undefined ? outer.now() : outer.time();
  }

  get isUtc(): boolean | undefined {
    return this.determinism !== null || this.outer.isUtc;
  }

  cpuTime(): number {
    return this.determinism === null ? this.outer.cpuTime() : this.determinism.cpuTime();
  }

  randomSeed(): bigint {
    return this.determinism === null ? this.outer.randomSeed() : this.determinism.randomSeed();
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

  /** Undefined where something is granted and the embedder's host has no files: that is not a matter of permission. */
  get files(): HostFiles | undefined {
    const { read, write } = this.policy.permissions.files;
    if (this.outer.files === undefined && (read !== false || write !== false)) return undefined;
    return (this.fileGuard ??= new FileGuard(this));
  }

  /** As {@link files}. */
  get process(): HostProcess | undefined {
    if (this.outer.process === undefined && this.policy.permissions.process && this.determinism === null) return undefined;
    return (this.processGuard ??= new ProcessGuard(this));
  }

  /** Raises "permission denied: …" in the running script. */
  deny(permission: string, subject: string, message: string): never {
    return deny(this.state!, permission, subject, `permission denied: ${message}`);
  }

  /** Closes what the state has left open. Nothing is reached through this host afterwards. */
  dispose(): void {
    this.fileGuard?.closeAll();
    this.outer = GONE;
    this.modules = undefined;
  }
}

/** What is left of the world of a state that is no longer used. */
const GONE: Host = {
  write() {},
  writeError() {},
  now: () => Date.now(),
  cpuTime: () => 0,
  randomSeed: () => 0n,
};

function deniedInput(host: SandboxHost): HostFile {
  const refuse = (): never => host.deny("streams", "stdin", `reading standard input (${named(host.policy)} does not grant 'streams')`);
  return { read: refuse, write: refuse, seek: refuse, flush() {}, setBuffer() {}, close: () => undefined };
}

function unsupported(host: SandboxHost): never {
  throw new LuaThrow(`${where(host.state!.current.frame.prev)}not supported by this host`);
}

/** The process and its environment, as far as a policy goes. */
class ProcessGuard implements HostProcess {
  constructor(private readonly host: SandboxHost) {}

  private get outer(): HostProcess {
    return this.host.outer.process ?? unsupported(this.host);
  }

  getenv(name: string): string | undefined {
    const { determinism, policy, outer } = this.host;
    const given = determinism?.getenv(name);
    if (given !== undefined) return given;
    if (!policy.allows("environment", name)) this.host.deny("environment", name, `environment variable '${name}' (${named(policy)} does not grant it)`);
    return determinism === null ? outer.process?.getenv(name) : undefined;
  }

  mayExit(): void {
    this.permit("ending the process");
    this.outer.mayExit?.();
  }

  exit(code: number): never {
    this.permit("ending the process");
    return this.outer.exit(code);
  }

  execute(command: string): ProcessStatus | undefined {
    this.permit(`running the command '${command}'`);
    return this.outer.execute(command);
  }

  popen(command: string, mode: "r" | "w"): HostFile {
    this.permit(`running the command '${command}'`);
    return this.outer.popen(command, mode);
  }

  hasShell(): boolean {
    return this.host.policy.permissions.process && this.host.outer.process?.hasShell() === true;
  }

  setlocale(locale: string | undefined, category: string): string | undefined {
    const { process } = this.host.outer;
    if (this.host.policy.permissions.process && process?.setlocale !== undefined) return process.setlocale(locale, category);
    return locale === undefined || locale === "" || locale === "C" || locale === "POSIX" ? "C" : undefined;
  }

  private permit(what: string): void {
    const { policy } = this.host;
    if (!policy.permissions.process) this.host.deny("process", what, `${what} (${named(policy)} does not grant 'process')`);
  }
}
