// Where data outlives the process: text by key. Embedders bring their own; file-store.ts and sqlite-store.ts are two.
import { BridgeFailure } from "./failure.js";

export interface Store {
  /** The text kept under `key`; undefined when there is none. */
  get(key: string): Promise<string | undefined>;
  /** Resolves once the text would survive a crash of the process. */
  set(key: string, text: string): Promise<void>;
  /** False: there was nothing under `key`. Resolves as {@link set} does. */
  delete(key: string): Promise<boolean>;
  /** Keys that begin with `prefix`, sorted. */
  keys(prefix?: string): Promise<string[]>;
  close(): Promise<void>;
}

/** Characters that a {@link ProcessStore} holds unless it is told otherwise. */
const DEFAULT_CAPACITY = 64_000_000;

/** A store that ends with the process. */
export class ProcessStore implements Store {
  private readonly texts = new Map<string, string>();
  private size = 0;

  /** `capacity`: characters of keys and texts; more are a BridgeFailure "full". `onSize` is told what comes and goes. */
  constructor(private readonly capacity = DEFAULT_CAPACITY, private readonly onSize: (characters: number) => void = () => {}) {}

  get(key: string): Promise<string | undefined> {
    return Promise.resolve(this.texts.get(key));
  }

  async set(key: string, text: string): Promise<void> {
    const more = key.length + text.length - this.sizeAt(key);
    if (this.size + more > this.capacity) throw new BridgeFailure("full", `the store holds no more than ${this.capacity} characters`);
    this.texts.set(key, text);
    this.resize(more);
  }

  async delete(key: string): Promise<boolean> {
    this.resize(-this.sizeAt(key));
    return this.texts.delete(key);
  }

  private sizeAt(key: string): number {
    const text = this.texts.get(key);
    return text === undefined ? 0 : key.length + text.length;
  }

  private resize(characters: number): void {
    this.size += characters;
    this.onSize(characters);
  }

  keys(prefix = ""): Promise<string[]> {
    return Promise.resolve(this.keysNow(prefix));
  }

  /** {@link keys} without waiting. */
  keysNow(prefix: string): string[] {
    return [...this.texts.keys()].filter((key) => key.startsWith(prefix)).sort();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
