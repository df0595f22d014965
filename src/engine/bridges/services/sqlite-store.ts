// A store in an SQLite database, by whichever driver is installed: Node's own (22.5 and later), better-sqlite3, or
// node-sqlite3-wasm. None is needed by this package; they are looked for when a store is opened.
import { BridgeFailure, messageOf } from "./failure.js";
import type { Store } from "./store.js";

/** What the store needs of a database: the common part of the drivers. */
export interface SqliteDatabase {
  exec(sql: string): unknown;
  run(sql: string, parameters: readonly string[]): { readonly changes: number | bigint };
  all(sql: string, parameters: readonly string[]): readonly Readonly<Record<string, unknown>>[];
  close(): void;
}

export const SQLITE_DRIVERS = ["node:sqlite", "better-sqlite3", "node-sqlite3-wasm"] as const;
export type SqliteDriver = (typeof SQLITE_DRIVERS)[number];

/** A statement as node:sqlite and better-sqlite3 have it. */
interface Statement {
  run(...parameters: string[]): { readonly changes: number | bigint };
  all(...parameters: string[]): Readonly<Record<string, unknown>>[];
}
interface PreparingDatabase {
  exec(sql: string): unknown;
  prepare(sql: string): Statement;
  close(): void;
}
interface WasmDatabase {
  exec(sql: string): unknown;
  run(sql: string, parameters: readonly string[]): { readonly changes: number };
  all(sql: string, parameters: readonly string[]): Readonly<Record<string, unknown>>[];
  close(): void;
}

function preparing(database: PreparingDatabase): SqliteDatabase {
  const statements = new Map<string, Statement>();
  const prepared = (sql: string): Statement => {
    let statement = statements.get(sql);
    if (statement === undefined) statements.set(sql, (statement = database.prepare(sql)));
    return statement;
  };
  return {
    exec: (sql) => database.exec(sql),
    run: (sql, parameters) => prepared(sql).run(...parameters),
    all: (sql, parameters) => prepared(sql).all(...parameters),
    close: () => database.close(),
  };
}

/** A module by a name that bundlers leave alone: it may not be there. */
async function driver<T>(name: SqliteDriver): Promise<T> {
  const module = (await import(/* @vite-ignore */ name as string)) as { readonly default?: T } & T;
  return name === "node:sqlite" ? module : (module.default ?? module);
}

const OPENERS: Readonly<Record<SqliteDriver, (path: string) => Promise<SqliteDatabase>>> = {
  "node:sqlite": async (path) => {
    const { DatabaseSync } = await driver<{ DatabaseSync: new (path: string) => PreparingDatabase }>("node:sqlite");
    return preparing(new DatabaseSync(path));
  },
  "better-sqlite3": async (path) => {
    const Database = await driver<new (path: string) => PreparingDatabase>("better-sqlite3");
    return preparing(new Database(path));
  },
  "node-sqlite3-wasm": async (path) => {
    const { Database } = await driver<{ Database: new (path: string) => WasmDatabase }>("node-sqlite3-wasm");
    return new Database(path);
  },
};

const isMissing = (error: unknown): boolean => ["ERR_MODULE_NOT_FOUND", "MODULE_NOT_FOUND", "ERR_UNKNOWN_BUILTIN_MODULE"].includes(String((error as { code?: unknown }).code));

/** Opens a database file, or ":memory:", with the first driver that is there. Throws BridgeFailure "no_driver" or "io". */
export async function openSqlite(path: string, drivers: readonly SqliteDriver[] = SQLITE_DRIVERS): Promise<SqliteDatabase> {
  for (const name of drivers) {
    try {
      return await OPENERS[name](path);
    } catch (error) {
      if (!isMissing(error)) throw new BridgeFailure("io", `cannot open the database '${path}' with ${name}: ${messageOf(error)}`, { cause: error });
    }
  }
  throw new BridgeFailure("no_driver", `no SQLite driver is installed (looked for ${drivers.join(", ")})`);
}

/** Drivers end texts at a zero byte, so it may not be in a key; values are kept as JSON, which has none. */
function checkedKey(key: string): string {
  if (key.includes("\0")) throw new BridgeFailure("invalid", "a key has a zero byte");
  return key;
}

export class SqliteStore implements Store {
  private closed = false;

  /** Uses a database that is open; makes its table when there is none. */
  constructor(private readonly database: SqliteDatabase) {
    database.exec("CREATE TABLE IF NOT EXISTS perilune_store (key TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID");
  }

  /** Throws BridgeFailure "no_driver" or "io". */
  static async open(path: string, drivers?: readonly SqliteDriver[]): Promise<SqliteStore> {
    const database = await openSqlite(path, drivers);
    database.exec("PRAGMA synchronous = FULL");
    return new SqliteStore(database);
  }

  async get(key: string): Promise<string | undefined> {
    const [row] = this.guarded(() => this.database.all("SELECT text FROM perilune_store WHERE key = ?", [key]));
    return row === undefined ? undefined : (JSON.parse(String(row["text"])) as string);
  }

  async set(key: string, text: string): Promise<void> {
    this.guarded(() => this.database.run("INSERT INTO perilune_store (key, text) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET text = excluded.text", [checkedKey(key), JSON.stringify(text)]));
  }

  async delete(key: string): Promise<boolean> {
    return Number(this.guarded(() => this.database.run("DELETE FROM perilune_store WHERE key = ?", [key])).changes) > 0;
  }

  async keys(prefix = ""): Promise<string[]> {
    const rows = this.guarded(() => this.database.all("SELECT key FROM perilune_store WHERE substr(key, 1, length(?)) = ? ORDER BY key", [prefix, prefix]));
    return rows.map((row) => String(row["key"])).sort();
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.database.close();
  }

  private guarded<T>(work: () => T): T {
    if (this.closed) throw new BridgeFailure("closed", "the store was closed");
    try {
      return work();
    } catch (error) {
      throw new BridgeFailure("io", `the database failed: ${messageOf(error)}`, { cause: error });
    }
  }
}
