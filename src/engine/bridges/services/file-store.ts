// A store in a directory: every change goes to a journal and is on the disk before it counts as made; now and then all of it
// is written anew. Whenever the process dies, what was acknowledged is there again.
//
// Files: "snapshot" (all texts at one time) and "journal-N" (changes since). Each line is a check sum and a JSON record. A line
// that is cut off or damaged ends the journal: it was not acknowledged.
import { BridgeFailure, messageOf } from "./failure.js";
import type { Store } from "./store.js";

/** A key with its text; without one it was deleted. */
interface Change {
  readonly k: string;
  readonly v?: string;
}

/** Journal bytes, and how many times the size of the texts, that make a new snapshot worth it. */
const COMPACT_BYTES = 1_000_000;
const COMPACT_FACTOR = 4;

/** Node's file functions, which are only asked for when a store is opened: the module itself loads anywhere. */
type Files = typeof import("node:fs/promises");
type FileHandle = import("node:fs/promises").FileHandle;

interface Waiting {
  readonly change: Change;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export class FileStore implements Store {
  private readonly texts = new Map<string, string>();
  private liveBytes = 0;
  private journal: FileHandle | undefined;
  private journalBytes = 0;
  private journalNumber = 0;
  private waiting: Waiting[] = [];
  private writing: Promise<void> | undefined;
  private closed = false;
  private broken: unknown;

  private constructor(private readonly files: Files, private readonly directory: string) {}

  /** Opens the store in `directory`, which is made if need be. Throws BridgeFailure "in_use" while another process has it open, "io". */
  static async open(directory: string): Promise<FileStore> {
    const files = await import("node:fs/promises");
    const store = new FileStore(files, directory);
    try {
      await files.mkdir(directory, { recursive: true });
      await store.lock();
      await store.recover();
    } catch (error) {
      throw error instanceof BridgeFailure ? error : new BridgeFailure("io", `cannot open the store in '${directory}': ${messageOf(error)}`, { cause: error });
    }
    return store;
  }

  get(key: string): Promise<string | undefined> {
    this.checkOpen();
    return Promise.resolve(this.texts.get(key));
  }

  async set(key: string, text: string): Promise<void> {
    this.checkOpen();
    await this.write({ k: key, v: text });
  }

  async delete(key: string): Promise<boolean> {
    this.checkOpen();
    const wasThere = this.texts.has(key);
    if (wasThere || this.writing !== undefined) await this.write({ k: key });
    return wasThere;
  }

  keys(prefix = ""): Promise<string[]> {
    this.checkOpen();
    return Promise.resolve([...this.texts.keys()].filter((key) => key.startsWith(prefix)).sort());
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await this.writing?.catch(() => {});
    await this.journal?.close();
    await this.files.rm(this.path("lock"), { force: true });
  }

  // ---- writing --------------------------------------------------------------------------------------------------

  /** Resolves once the change is on the disk. Changes that come meanwhile go there together. */
  private write(change: Change): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ change, resolve, reject });
      this.writing ??= this.writeWaiting().finally(() => {
        this.writing = undefined;
      });
    });
  }

  private async writeWaiting(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting;
      this.waiting = [];
      try {
        await this.append(batch.map(({ change }) => line(change)).join(""));
        for (const { change } of batch) this.apply(change);
      } catch (error) {
        this.broken ??= error; // how much of the batch is in the journal is unknown: nothing may be written after it
        const failure = new BridgeFailure("io", `the store could not be written: ${messageOf(error)}`, { cause: error });
        for (const { reject } of batch) reject(failure);
        continue;
      }
      for (const { resolve } of batch) resolve();
      if (this.journalBytes > Math.max(COMPACT_BYTES, COMPACT_FACTOR * this.liveBytes)) await this.compact().catch((error: unknown) => (this.broken ??= error));
    }
  }

  private async append(text: string): Promise<void> {
    if (this.broken !== undefined) throw this.broken;
    const bytes = new TextEncoder().encode(text);
    let written = 0;
    while (written < bytes.length) written += (await this.journal!.write(bytes, written)).bytesWritten;
    await this.journal!.sync();
    this.journalBytes += bytes.length;
  }

  private apply({ k, v }: Change): void {
    const before = this.texts.get(k);
    this.liveBytes += (v === undefined ? 0 : k.length + v.length) - (before === undefined ? 0 : k.length + before.length);
    if (v === undefined) this.texts.delete(k);
    else this.texts.set(k, v);
  }

  /** Writes all texts to a new snapshot and begins a new journal. */
  private async compact(): Promise<void> {
    const next = this.journalNumber + 1;
    const journal = await this.startJournal(next);
    const lines = [line({ k: "", v: String(next) }), ...[...this.texts].map(([k, v]) => line({ k, v })), line({ k: "end" })];
    await this.replace("snapshot", lines.join(""));
    await this.journal?.close();
    await this.files.rm(this.path(`journal-${this.journalNumber}`), { force: true });
    this.journal = journal;
    this.journalNumber = next;
    this.journalBytes = 0;
  }

  private async startJournal(number: number): Promise<FileHandle> {
    const handle = await this.files.open(this.path(`journal-${number}`), "w");
    await handle.sync();
    await this.syncDirectory();
    return handle;
  }

  /** Puts a file in place as a whole: readers see the old one or the new one, also after a crash. */
  private async replace(name: string, text: string): Promise<void> {
    const draft = this.path(`${name}.new`);
    const handle = await this.files.open(draft, "w");
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await this.files.rename(draft, this.path(name));
    await this.syncDirectory();
  }

  /** Makes renamed and new files survive a power failure; systems that cannot do that on directories do without. */
  private async syncDirectory(): Promise<void> {
    try {
      const handle = await this.files.open(this.directory, "r");
      await handle.sync().finally(() => handle.close());
    } catch {
      // Windows has no handles for directories
    }
  }

  // ---- opening --------------------------------------------------------------------------------------------------

  private async recover(): Promise<void> {
    const names = await this.files.readdir(this.directory);
    let number = 0;
    if (names.includes("snapshot")) number = await this.readSnapshot();
    const journals = names.map((name) => Number(/^journal-(\d+)$/.exec(name)?.[1] ?? NaN)).filter((n) => n >= number).sort((a, b) => a - b);
    for (const n of journals) for (const change of changesIn(await this.files.readFile(this.path(`journal-${n}`), "utf8"))) this.apply(change);
    this.journalNumber = Math.max(number, ...journals) + 1;
    this.journal = undefined;
    await this.compactAtOpening(names);
  }

  /** The number of the first journal that is not in the snapshot. */
  private async readSnapshot(): Promise<number> {
    const [first, ...changes] = changesIn(await this.files.readFile(this.path("snapshot"), "utf8"));
    if (first === undefined || changes.pop()?.k !== "end") throw new BridgeFailure("damaged", `the snapshot in '${this.directory}' is damaged`);
    for (const change of changes) this.apply(change);
    return Number(first.v);
  }

  /** Begins with a whole snapshot and an empty journal, so that nothing follows a damaged line. */
  private async compactAtOpening(names: readonly string[]): Promise<void> {
    await this.compact();
    for (const name of names) if (/^journal-\d+$/.test(name) && name !== `journal-${this.journalNumber}`) await this.files.rm(this.path(name), { force: true });
  }

  /** One process at a time: the lock names it, and one of a process that is gone does not count. */
  private async lock(): Promise<void> {
    for (let attempt = 0; attempt < 2; attempt++) {
      try {
        await this.files.writeFile(this.path("lock"), String(process.pid), { flag: "wx" });
        return;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
        const owner = Number(await this.files.readFile(this.path("lock"), "utf8").catch(() => "0"));
        if (isRunning(owner)) throw new BridgeFailure("in_use", `the store in '${this.directory}' is open in process ${owner}`);
        await this.files.rm(this.path("lock"), { force: true });
      }
    }
    throw new BridgeFailure("in_use", `the store in '${this.directory}' is being opened elsewhere`);
  }

  private path(name: string): string {
    return `${this.directory}/${name}`;
  }

  private checkOpen(): void {
    if (this.closed) throw new BridgeFailure("closed", "the store was closed");
  }
}

function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function line(change: Change): string {
  const text = JSON.stringify(change);
  return `${checkSum(text)} ${text}\n`;
}

/** The changes up to the first line that is not whole. */
function changesIn(text: string): Change[] {
  const changes: Change[] = [];
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf("\n", at);
    if (end < 0) break;
    const [sum, json] = [text.slice(at, at + 8), text.slice(at + 9, end)];
    if (checkSum(json) !== sum) break;
    changes.push(JSON.parse(json) as Change);
    at = end + 1;
  }
  return changes;
}

/** FNV-1a over UTF-16 units, eight hexadecimal digits. */
function checkSum(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}
