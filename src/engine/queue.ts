// A first-in, first-out queue whose operations take constant time.

export class Queue<T> {
  private items: (T | undefined)[] = [];
  private head = 0;

  get length(): number {
    return this.items.length - this.head;
  }

  push(item: T): void {
    if (this.items.length === 0) this.items = [item]; // the first push onto an empty array would make room for 17
    else this.items.push(item);
  }

  shift(): T | undefined {
    if (this.head === this.items.length) return undefined;
    const item = this.items[this.head];
    this.items[this.head++] = undefined;
    if (this.head === this.items.length) {
      this.items = [];
      this.head = 0;
    } else if (this.head > 1024 && this.head * 2 > this.items.length) { // half of it is used up: amortised over as many shifts
      this.items = this.items.slice(this.head);
      this.head = 0;
    }
    return item;
  }
}
