// What a host object really is, asked of the object itself: by the language's own methods, taken before any script or library
// could replace them. They look at internal slots, so neither a prototype, a Symbol.toStringTag nor another realm deceives.

type Getter = (this: unknown) => unknown;

const getterOf = (prototype: object, name: string): Getter => Object.getOwnPropertyDescriptor(prototype, name)!.get as Getter;

const mapSize = getterOf(Map.prototype, "size");
const setSize = getterOf(Set.prototype, "size");
const mapForEach = Map.prototype.forEach;
const setForEach = Set.prototype.forEach;
const getTime = Date.prototype.getTime;
const byteLength = getterOf(ArrayBuffer.prototype, "byteLength");
const typedArrayName = getterOf(Object.getPrototypeOf(Uint8Array.prototype) as object, Symbol.toStringTag as unknown as string);

function answers(question: () => unknown): boolean {
  try {
    question();
    return true;
  } catch {
    return false;
  }
}

export const isMap = (value: object): boolean => answers(() => mapSize.call(value));
export const isSet = (value: object): boolean => answers(() => setSize.call(value));
export const isDate = (value: object): boolean => answers(() => getTime.call(value as Date));

/** Milliseconds since 1970; NaN for an invalid date. `date` is a Date. */
export const dateTime = (date: object): number => getTime.call(date as Date);

/** `map` is a Map. */
export const mapEach = (map: object, visit: (key: unknown, value: unknown) => void): void =>
  mapForEach.call(map as Map<unknown, unknown>, (value, key) => visit(key, value));

/** `set` is a Set. */
export const setEach = (set: object, visit: (element: unknown) => void): void =>
  setForEach.call(set as Set<unknown>, (element) => visit(element));

/** The bytes of a Uint8Array, Uint8ClampedArray, DataView or ArrayBuffer; undefined for anything else. */
export function bytesOf(value: object): Uint8Array | undefined {
  if (ArrayBuffer.isView(value)) {
    const name = typedArrayName.call(value); // undefined for a DataView
    if (name !== undefined && name !== "Uint8Array" && name !== "Uint8ClampedArray") return undefined;
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  }
  return answers(() => byteLength.call(value)) ? new Uint8Array(value as ArrayBuffer) : undefined;
}

/** Kinds of objects whose copy would be an empty or misleading table. */
const REFUSED: readonly (readonly [string, () => (abstract new (...args: never[]) => object) | undefined])[] = [
  ["Promise", () => Promise],
  ["RegExp", () => RegExp],
  ["WeakMap", () => WeakMap],
  ["WeakSet", () => WeakSet],
  ["WeakRef", () => WeakRef],
  ["boxed string", () => String],
  ["boxed number", () => Number],
  ["boxed boolean", () => Boolean],
];

/** What `value` is when it cannot be copied; undefined when it can. */
export function refusedKind(value: object): string | undefined {
  for (const [name, kind] of REFUSED) if (value instanceof kind()!) return name;
  return undefined;
}
