// Files over Node's synchronous calls, without buffers of their own (stdlib/io-file.ts has those).
import { closeSync, constants, fstatSync, openSync, readFileSync, readSync, writeSync } from "node:fs";
import { HostError, type HostFile } from "../vm/host.js";
import { codeOf, hostCall, hostError, toHostError } from "./errno.js";

/** Read space shared by all files; larger reads get a buffer of their own. */
const SCRATCH = Buffer.allocUnsafe(65536);
const MAX_READ = 1 << 20;
const RETRY_MILLISECONDS = 5;
const sleeper = new Int32Array(new SharedArrayBuffer(4));

/** A byte string path as Node takes it; like C, it ends at the first zero byte. */
export function nodePath(path: string): Buffer {
  const zero = path.indexOf("\0");
  return Buffer.from(zero < 0 ? path : path.slice(0, zero), "latin1");
}

/** Waits while a non-blocking descriptor has nothing to give or no room to take. */
function pause(): void {
  Atomics.wait(sleeper, 0, 0, RETRY_MILLISECONDS);
}

/**
 * An open descriptor. Node has no lseek: files opened here keep their position themselves and pass it to every call
 * (`position` is a number); pipes, terminals and inherited descriptors use the kernel's (`position` is null).
 */
export class NodeFile implements HostFile {
  constructor(readonly fd: number, protected position: number | null, private readonly appends = false) {}

  read(count: number): string {
    const space = count <= SCRATCH.length ? SCRATCH : Buffer.allocUnsafe(Math.min(count, MAX_READ));
    const wanted = Math.min(count, space.length);
    for (;;) {
      try {
        const got = readSync(this.fd, space, 0, wanted, this.position);
        if (this.position !== null) this.position += got;
        return space.toString("latin1", 0, got);
      } catch (error) {
        const code = codeOf(error);
        if (code === "EOF") return ""; // how Windows ends a pipe
        if (code !== "EAGAIN") throw toHostError(error);
        pause();
      }
    }
  }

  write(text: string): void {
    const bytes = Buffer.from(text, "latin1");
    for (let done = 0; done < bytes.length; ) {
      try {
        const put = writeSync(this.fd, bytes, done, bytes.length - done, this.appends ? null : this.position);
        done += put;
        if (this.position !== null) this.position = this.appends ? fstatSync(this.fd).size : this.position + put;
      } catch (error) {
        if (codeOf(error) !== "EAGAIN") throw toHostError(error);
        pause();
      }
    }
  }

  seek(whence: "set" | "cur" | "end", offset: number): number {
    const stat = hostCall(() => fstatSync(this.fd));
    if (!stat.isFile() && !stat.isBlockDevice()) {
      if (stat.isCharacterDevice() && !this.isTerminal()) return 0; // /dev/null and its like
      throw hostError("ESPIPE");
    }
    const start = whence === "set" ? 0 : whence === "end" ? stat.size : this.position ?? this.inheritedPosition();
    if (start + offset < 0) throw hostError("EINVAL");
    if (whence !== "cur" || offset !== 0) this.position = start + offset;
    return start + offset;
  }

  protected isTerminal(): boolean {
    return false;
  }

  /** Position of a descriptor that another program opened, where the system tells it. */
  private inheritedPosition(): number {
    try {
      return Number(/^pos:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${this.fd}`, "latin1"))?.[1] ?? 0);
    } catch {
      throw hostError("ESPIPE");
    }
  }

  flush(): void {}

  close(): undefined {
    hostCall(() => closeSync(this.fd));
  }
}

/** C's fopen for a mode that io.open has checked; `path` is a byte string. */
export function openFile(path: string, mode: string): NodeFile {
  const flags = mode.replace("b", "");
  return hostCall(() => {
    const fd = openSync(nodePath(path), flags, 0o666);
    const stat = fstatSync(fd);
    if (!stat.isFile()) return new NodeFile(fd, null);
    return new NodeFile(fd, flags === "a" ? stat.size : 0, flags.startsWith("a"));
  });
}

/** Opens `path` for reading and writing; it must not exist. */
export function createExclusive(path: string): number {
  return openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600);
}

/** A failure that no system call made. */
export function unsupported(what: string): HostError {
  return new HostError(what, 38);
}
