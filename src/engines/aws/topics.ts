/** Listeners of this process: on AWS live clients hang on an API of their own, not on a process. */
export class Topics {
  readonly #listeners = new Map<string, Set<(message: string) => void>>();

  /** Tells who listens now. */
  publish(topic: string, message: string): void {
    for (const listener of this.#listeners.get(topic) ?? []) listener(message);
  }

  /** Listens until the returned function is called. */
  listen(topic: string, listener: (message: string) => void): () => void {
    const listeners = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(topic, listeners);
    const own = (message: string): void => listener(message);
    listeners.add(own);
    return () => {
      listeners.delete(own);
    };
  }
}
