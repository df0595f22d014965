// Remembers what objects became, so that cycles and sharing survive a conversion.

/** A map for which the first entry costs nothing: most conversions meet one object only. */
export class Memo<K extends object, V extends object> {
  private firstKey: K | undefined;
  private firstValue: V | undefined;
  private others: Map<K, V> | null = null;

  get(key: K): V | undefined {
    if (key === this.firstKey) return this.firstValue;
    return this.others === null ? undefined : this.others.get(key);
  }

  set(key: K, value: V): void {
    if (this.firstKey === undefined) {
      this.firstKey = key;
      this.firstValue = value;
    } else (this.others ??= new Map()).set(key, value);
  }
}
