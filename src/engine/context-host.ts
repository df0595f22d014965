// The host of a context's state: the embedder's, with output as text, counted against the limits.
import { fromHostText } from "../base/bytes.js";
import type { Host, HostFile, HostFiles, HostProcess } from "../vm/host.js";
import type { LuaState } from "../vm/state.js";

/** Receives text. */
export type OutputSink = (text: string) => void;

/** Lines that {@link ContextHost.report} writes for one context, and characters of one. */
const MAX_REPORTS = 100;
const MAX_REPORT = 500;

/** Turns byte strings into text; a character whose bytes come in two pieces is not torn. */
class TextOutput {
  private decoder: InstanceType<typeof TextDecoder> | undefined;
  private isPending = false;

  constructor(private readonly sink: OutputSink) {}

  write(bytes: string): void {
    if (!this.isPending && isAscii(bytes)) {
      this.sink(bytes);
      return;
    }
    this.decoder ??= new TextDecoder("utf-8", { ignoreBOM: true });
    const text = this.decoder.decode(Uint8Array.from(bytes, (char) => char.charCodeAt(0)), { stream: true });
    this.isPending = bytes.length > 0 && bytes.charCodeAt(bytes.length - 1) >= 0x80;
    if (text !== "") this.sink(text);
  }
}

function isAscii(bytes: string): boolean {
  for (let i = 0; i < bytes.length; i++) if (bytes.charCodeAt(i) >= 0x80) return false;
  return true;
}

/** What the state of a context sees of the world. All output goes through `write` and `writeError`. */
export class ContextHost implements Host {
  /** The state this host belongs to, once there is one. */
  state: LuaState | null = null;
  private reports = 0;
  private readonly output: TextOutput;
  private readonly errorOutput: TextOutput;

  constructor(private readonly outer: Host, output: OutputSink | undefined, errorOutput: OutputSink | undefined) {
    this.output = new TextOutput(output ?? ((text) => outer.write(fromHostText(text))));
    const errorSink = errorOutput ?? output;
    this.errorOutput = errorSink === output ? this.output : new TextOutput(errorSink!);
  }

  write(bytes: string): void {
    this.state!.budgets.write(bytes.length);
    this.output.write(bytes);
  }

  writeError(bytes: string): void {
    this.state!.budgets.write(bytes.length);
    this.errorOutput.write(bytes);
  }

  /** A line of the engine's own on the error output. No limit of the script's counts it, so it is bounded here. */
  report(line: string): void {
    if (this.reports >= MAX_REPORTS) return;
    const text = line.length > MAX_REPORT ? `${line.slice(0, MAX_REPORT)}…` : line;
    this.errorOutput.write(fromHostText(`${text}\n`));
    if (++this.reports === MAX_REPORTS) this.errorOutput.write("further reports are left out\n");
  }

  now(): number {
    return this.outer.now();
  }

  elapsed(): number {
    const { outer } = this;
    return outer.elapsed === undefined ? outer.now() : outer.elapsed();
  }

  cpuTime(): number {
    return this.outer.cpuTime();
  }

  randomSeed(): bigint {
    return this.outer.randomSeed();
  }

  get stdin(): HostFile | undefined {
    return this.outer.stdin;
  }

  get files(): HostFiles | undefined {
    return this.outer.files;
  }

  get process(): HostProcess | undefined {
    return this.outer.process;
  }
}
