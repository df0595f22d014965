// A state with the standard library and the converter of its runtime, for tests of what crosses between Lua and host.
import { fromHostText } from "../../src/base/bytes.js";
import { type Converter, converterOf } from "../../src/engine/conversion.js";
import { type Runtime, runtimeOf } from "../../src/engine/runtime.js";
import { type CreateOptions, createState } from "../../src/index.js";
import type { LuaState } from "../../src/vm/state.js";
import type { LuaValue } from "../../src/vm/value.js";

export class Bench {
  readonly state: LuaState;
  readonly runtime: Runtime;
  readonly converter: Converter;

  constructor(options: CreateOptions = {}) {
    this.state = createState(options);
    this.runtime = runtimeOf(this.state);
    this.converter = converterOf(this.runtime);
  }

  /** First result of a chunk. */
  eval(source: string): LuaValue {
    return this.state.call(this.state.load(fromHostText(source), "=test"))[0];
  }

  /** First result of a chunk in the plain view. */
  plain(source: string): unknown {
    return this.converter.toPlain(this.eval(source));
  }

  /** Sets a global to a plain value. */
  set(name: string, value: unknown): void {
    this.state.globals.setStr(name, this.converter.fromPlain(value));
  }
}
