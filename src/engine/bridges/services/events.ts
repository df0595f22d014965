// Where services tell what happens. What is told costs something to put together, so it is asked first whether anybody listens.

export interface Events {
  /** Somebody would be told of events of that type. */
  isHeard(type: string): boolean;
  /** Nobody waits for those who are told. */
  emit(type: string, data: Readonly<Record<string, unknown>>): void;
}
