// Streams of events over HTTP: server-sent events and lines of JSON, cut out of the byte chunks in which they arrive.
import { ProviderError } from "./chat.js";

export interface StreamEvent {
  /** The name of a server-sent event, "message" unless it says so. */
  readonly event: string;
  readonly data: string;
}

/** Longest event, in characters: a server that never ends a line must not eat the memory. */
const LONGEST_EVENT = 4 * 1024 * 1024;

/** Cuts a stream of bytes into events. */
export interface EventDecoder {
  push(bytes: Uint8Array): StreamEvent[];
  /** At the end of the stream: what is left, where the framing allows it. */
  end(): StreamEvent[];
}

export function eventDecoder(framing: "sse" | "ndjson"): EventDecoder {
  return framing === "sse" ? new ServerSentEvents() : new JsonLines();
}

/** Lines ended by LF, CR or CRLF, whatever the chunks' limits are. */
class Lines {
  private readonly decoder = new TextDecoder("utf-8");
  private rest = "";

  push(bytes: Uint8Array): string[] {
    return this.cut(this.decoder.decode(bytes, { stream: true }));
  }

  end(): string[] {
    const lines = this.cut(this.decoder.decode());
    const last = this.rest;
    this.rest = "";
    return last === "" ? lines : [...lines, last.replace(/\r$/, "")];
  }

  private cut(text: string): string[] {
    const lines = (this.rest + text).split(/\r\n|\n|\r(?!$)/); // a CR at the end may be half of a CRLF
    this.rest = lines.pop()!;
    if (this.rest.length > LONGEST_EVENT) throw new ProviderError("too_large", "an event of the stream is too large");
    return lines;
  }
}

class ServerSentEvents implements EventDecoder {
  private readonly lines = new Lines();
  private event = "";
  private data: string[] = [];
  private size = 0;

  push(bytes: Uint8Array): StreamEvent[] {
    return this.read(this.lines.push(bytes));
  }

  end(): StreamEvent[] {
    return this.read(this.lines.end()); // an event without its empty line is dropped, as the standard says
  }

  private read(lines: readonly string[]): StreamEvent[] {
    const events: StreamEvent[] = [];
    for (const line of lines) {
      if (line === "") {
        if (this.data.length > 0) events.push({ event: this.event === "" ? "message" : this.event, data: this.data.join("\n") });
        this.event = "";
        this.data = [];
        this.size = 0;
      } else this.field(line);
    }
    return events;
  }

  private field(line: string): void {
    const colon = line.indexOf(":");
    if (colon === 0) return; // a comment, sent to keep the connection open
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
    if (name === "event") this.event = value;
    else if (name === "data") {
      this.size += value.length;
      if (this.size > LONGEST_EVENT) throw new ProviderError("too_large", "an event of the stream is too large");
      this.data.push(value);
    }
  }
}

class JsonLines implements EventDecoder {
  private readonly lines = new Lines();

  push(bytes: Uint8Array): StreamEvent[] {
    return this.lines.push(bytes).filter((line) => line.trim() !== "").map((data) => ({ event: "message", data }));
  }

  end(): StreamEvent[] {
    return this.lines.end().filter((line) => line.trim() !== "").map((data) => ({ event: "message", data }));
  }
}
