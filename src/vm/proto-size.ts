// What a compiled function takes in memory.
import type { Proto } from "../bytecode/proto.js";
import { SIZE, stringSize } from "./accounting.js";

/** Bytes of one prototype by the documented sizes, without those inside it. */
export function protoSize(proto: Proto): number {
  if (proto.bytes === 0) proto.bytes = measure(proto);
  return proto.bytes;
}

/** Bytes of a prototype and all inside it. */
export function chunkSize(proto: Proto): number {
  let bytes = protoSize(proto);
  for (const inner of proto.protos) bytes += chunkSize(inner);
  return bytes;
}

function measure({ code, lineInfo, constants, upvalues, locals, absLineInfo }: Proto): number {
  let bytes = SIZE.proto + code.length * SIZE.instruction + lineInfo.length + constants.length * SIZE.constant;
  for (const constant of constants) if (typeof constant === "string") bytes += stringSize(constant.length);
  return bytes + (upvalues.length + locals.length + absLineInfo.length) * SIZE.name;
}
