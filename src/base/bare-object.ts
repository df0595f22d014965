// Objects without a prototype, so that `__proto__` and `constructor` are only keys.

/**
 * An empty one for a few keys that come again and again. Unlike what Object.create(null) makes, V8 gives it a hidden class: a third
 * of the memory. Not for keys that somebody makes up: each new combination would cost a hidden class.
 */
export function bareObject<T>(): Record<string, T> {
  return Object.setPrototypeOf({}, null) as Record<string, T>;
}
