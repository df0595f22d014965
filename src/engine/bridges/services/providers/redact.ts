// Secrets stay on the host's side: whatever comes back from a provider passes here before a script can see it.

const MASK = "[redacted]";
/** Shorter ones would turn ordinary words into masks. */
const SHORTEST_SECRET = 6;

/** Replaces known secrets, in the forms in which they may come back: as they are, in a URL, in JSON, in base64. */
export class Redactor {
  private readonly forms: readonly string[];
  private readonly longest: number;

  constructor(secrets: Iterable<string>) {
    const forms = new Set<string>();
    for (const secret of secrets) {
      if (secret.length < SHORTEST_SECRET) continue;
      forms.add(secret).add(encodeURIComponent(secret)).add(JSON.stringify(secret).slice(1, -1)).add(base64(secret));
    }
    this.forms = [...forms].sort((a, b) => b.length - a.length); // a form inside a longer one must not be masked first
    this.longest = this.forms[0]?.length ?? 0;
  }

  text(text: string): string {
    let clean = text;
    for (const form of this.forms) if (clean.includes(form)) clean = clean.replaceAll(form, MASK);
    return clean;
  }

  /** Plain data with clean texts, keys of objects included: a copy if there is something to hide. */
  data<T>(value: T): T {
    return this.forms.length > 0 && this.isDirty(value) ? (this.walk(value) as T) : value;
  }

  /** Looks without making anything: clean answers are the rule. */
  private isDirty(value: unknown): boolean {
    if (typeof value === "string") return this.isIn(value);
    if (typeof value !== "object" || value === null) return false;
    if (Array.isArray(value)) {
      for (let i = 0; i < value.length; i++) if (this.isDirty(value[i])) return true;
      return false;
    }
    for (const key in value) if (this.isIn(key) || this.isDirty((value as Record<string, unknown>)[key])) return true;
    return false;
  }

  private isIn(text: string): boolean {
    if (text.length < SHORTEST_SECRET) return false;
    for (let i = 0; i < this.forms.length; i++) if (text.includes(this.forms[i]!)) return true;
    return false;
  }

  private walk(value: unknown): unknown {
    if (typeof value === "string") return this.text(value);
    if (Array.isArray(value)) return value.map((item) => this.walk(item));
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [this.text(key), this.walk(item)]));
  }

  /** For text that comes in pieces: a secret cut in two is found as well. */
  stream(): RedactingStream {
    return new RedactingStream(this, (tail) => this.heldBack(tail));
  }

  /** How many characters at the end of `text` may be the begin of a secret. */
  private heldBack(text: string): number {
    for (let length = Math.min(this.longest - 1, text.length); length > 0; length--) {
      const tail = text.slice(text.length - length);
      if (this.forms.some((form) => form.startsWith(tail))) return length;
    }
    return 0;
  }
}

export class RedactingStream {
  private waiting = "";

  constructor(private readonly redactor: Redactor, private readonly heldBack: (text: string) => number) {}

  /** What can be shown after this piece. */
  push(piece: string): string {
    const text = this.redactor.text(this.waiting + piece);
    const held = this.heldBack(text);
    this.waiting = text.slice(text.length - held);
    return text.slice(0, text.length - held);
  }

  /** What was held back to the end. */
  end(): string {
    const rest = this.waiting;
    this.waiting = "";
    return rest;
  }
}

function base64(text: string): string {
  return btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(""));
}
