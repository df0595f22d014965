// Where data outlives the process: text by key. Embedders bring their own; file-store.ts and sqlite-store.ts are two.

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

/** A store that ends with the process. */
export class ProcessStore implements Store {
  private readonly texts = new Map<string, string>();

  get(key: string): Promise<string | undefined> {
    return Promise.resolve(this.texts.get(key));
  }

  set(key: string, text: string): Promise<void> {
    this.texts.set(key, text);
    return Promise.resolve();
  }

  delete(key: string): Promise<boolean> {
    return Promise.resolve(this.texts.delete(key));
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
