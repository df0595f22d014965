// Implementations of Lua that can be asked about a text: this one with each of its tiers, C Lua in WebAssembly (npm: wasmoon), Lua 5.3 in
// JavaScript (npm: fengari), and a native binary (native-oracle.ts). An oracle that is not installed says so when it is made.
import { NativeFunction } from "../vm/function.js";
import { C_LUA, HARNESS, HARNESS_NAME } from "./lua-side.js";
import { type Jit, newState } from "./observe.js";

/**
 * What is asked about a text: `observe` runs it (how it ended, instructions, output), `prints` too but leaves the instructions out,
 * `compiled` wants its bytecode or the message that refuses it, `accepted` only the message.
 */
export type Question = "observe" | "prints" | "compiled" | "accepted";

/** All of them: what an implementation of Lua 5.4 with C Lua's bytecode can be asked. */
export const QUESTIONS: readonly Question[] = ["observe", "prints", "compiled", "accepted"];

/** Answers questions about texts (byte strings). Answers are ASCII and equal when the implementations agree. */
export interface Oracle {
  readonly name: string;
  /** What it can be asked. Another version of Lua answers `prints` only, and agrees on programs that keep to what the versions share. */
  readonly questions: readonly Question[];
  /** One answer for each text. Throws only when the implementation itself is broken. */
  ask(question: Question, texts: readonly string[]): string[];
  close(): void;
}

export interface PeriluneOptions {
  /** The emitting tier ("auto"). */
  readonly jit?: Jit;
  /** Instructions one text may take, library work included (no limit). */
  readonly instructions?: number;
}

/** This implementation, in one state. */
export function periluneOracle({ jit = "auto", instructions }: PeriluneOptions = {}): Oracle {
  const state = newState(jit);
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
  return {
    name: `perilune (jit ${jit})`,
    questions: QUESTIONS,
    ask: (question, texts) => texts.map((text) => {
      if (instructions !== undefined) meter.setLimit(meter.used + instructions);
      return String(state.call(state.globals.getStr(question), [text])[0]);
    }),
    close: () => state.close(),
  };
}

/** C Lua 5.4.6 inside this process, in one state. Needs the package wasmoon 1.16. */
export async function wasmoonOracle(): Promise<Oracle> {
  const { LuaFactory } = await import("wasmoon");
  const lua = await new LuaFactory().createEngine();
  const { global } = lua;
  for (const [name, text] of [[HARNESS_NAME, HARNESS], ["=c-lua", C_LUA]] as const) {
    global.set("text", text);
    lua.doStringSync(`assert(load(text, "${name}"))()`);
  }
  const ask = (question: Question, text: string): string => {
    const top = global.getTop();
    const isAscii = /^[\0-\x7f]*$/.test(text); // other bytes would arrive as UTF-8
    global.set("text", isAscii ? text : hexadecimal(text));
    const given = isAscii ? "text" : '(text:gsub("%x%x", function(byte) return string.char(tonumber(byte, 16)) end))';
    const answer = String(lua.doStringSync(`return ${question}(${given})`));
    global.setTop(top); // doStringSync leaves its result on the stack
    return answer;
  };
  return { name: "C Lua 5.4.6 (wasmoon)", questions: QUESTIONS, ask: (question, texts) => texts.map((text) => ask(question, text)), close: () => global.close() };
}

/** Lua 5.3 with integers of 32 bits, in JavaScript. Needs the package fengari 0.1. */
export async function fengariOracle(): Promise<Oracle> {
  const { lauxlib, lua, lualib, to_jsstring } = await import("fengari");
  const state = lauxlib.luaL_newstate();
  lualib.luaL_openlibs(state);
  const bytes = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));
  const check = (status: number): void => {
    if (status !== lua.LUA_OK) throw new Error(`fengari: ${to_jsstring(lua.lua_tostring(state, -1))}`);
  };
  check(lauxlib.luaL_loadstring(state, bytes(HARNESS)));
  check(lua.lua_pcall(state, 0, 0, 0));
  const ask = (question: Question, text: string): string => {
    lua.lua_getglobal(state, bytes(question));
    lua.lua_pushstring(state, bytes(text));
    check(lua.lua_pcall(state, 1, 1, 0));
    const answer = to_jsstring(lua.lua_tostring(state, -1)); // ASCII, as all answers
    lua.lua_settop(state, 0);
    return answer;
  };
  return { name: "Lua 5.3 (fengari)", questions: ["prints"], ask: (question, texts) => texts.map((text) => ask(question, text)), close: () => undefined };
}

function hexadecimal(text: string): string {
  let hex = "";
  for (let i = 0; i < text.length; i++) hex += text.charCodeAt(i).toString(16).padStart(2, "0");
  return hex;
}
