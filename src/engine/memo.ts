// Remembers what objects became, so that cycles and sharing survive a conversion.

/** Up to so many objects are looked through one by one. */
const FEW = 32;

/** A map for which the first entry costs nothing: most conversions meet one object only, and nearly all of them a few. */
export class Memo<K extends object, V extends object> {
  private firstKey: K | undefined;
  private firstValue: V | undefined;
  /** Further keys, each with its value behind it. */
  private few: (K | V)[] | undefined;
  private many: Map<K, V> | undefined;

  get(key: K): V | undefined {
    if (key === this.firstKey) return this.firstValue;
    const { few, many } = this;
    if (many !== undefined) return many.get(key);
    if (few !== undefined) for (let i = 0; i < few.length; i += 2) if (few[i] === key) return few[i + 1] as V;
    return undefined;
  }

  /** `key` must not be there. */
  set(key: K, value: V): void {
    if (this.firstKey === undefined) {
      this.firstKey = key;
      this.firstValue = value;
    } else if (this.many !== undefined) this.many.set(key, value);
    else if (this.few === undefined) this.few = [key, value];
    else if (this.few.length < 2 * FEW) this.few.push(key, value);
    else this.many = this.asMap(this.few).set(key, value);
  }

  private asMap(few: readonly (K | V)[]): Map<K, V> {
    const map = new Map<K, V>();
    for (let i = 0; i < few.length; i += 2) map.set(few[i] as K, few[i + 1] as V);
    return map;
  }
}
