// An asynchronous function without `async`, where its frame would cost more than what it does.

/** What `work` promises; a rejection if it throws instead. */
export function attempt<T>(work: () => Promise<T>): Promise<T> {
  try {
    return work();
  } catch (error) {
    return Promise.reject(error as Error);
  }
}
