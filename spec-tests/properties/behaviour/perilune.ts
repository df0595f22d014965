// perilune as the other side of the comparison: the same harness, counted by the meter.
import { createState } from "../../../src/index.js";
import { NativeFunction } from "../../../src/vm/function.js";
import { HARNESS, HARNESS_NAME, type Question } from "./oracle.js";

/** Answers one question about one text; throws only when perilune itself is broken. */
export type Asked = (question: Question, text: string) => string;

export function perilune(): Asked {
  const state = createState();
  const { meter } = state;
  state.call(state.load(HARNESS, HARNESS_NAME));
  let from = 0;
  const start = new NativeFunction("start", (frame) => {
    from = meter.instructions;
    return frame.none();
  });
  const stop = new NativeFunction("stop", (frame) => frame.results(meter.instructions - from));
  const [observe] = state.call(state.globals.getStr("observer"), [start, stop]);
  state.globals.setStr("observe", observe);
  return (question, text) => String(state.call(state.globals.getStr(question), [text])[0]);
}
