// Separates submissions from faults of PostgreSQL: work whose submission was not confirmed cannot be judged.

export class Gate {
  private readonly inside = new Set<Promise<unknown>>();
  private closed: PromiseWithResolvers<void> | null = null;

  /** Waits until the gate is open. */
  async through<T>(act: () => Promise<T>): Promise<T> {
    while (this.closed) await this.closed.promise;
    const acting = act();
    const settled = acting.then(
      () => undefined,
      () => undefined,
    );
    this.inside.add(settled);
    try {
      return await acting;
    } finally {
      this.inside.delete(settled);
    }
  }

  /** Waits until everybody has left, and lets nobody in during `act`. Concurrent calls run one after the other. */
  async closedWhile<T>(act: () => Promise<T>): Promise<T> {
    while (this.closed) await this.closed.promise;
    const own = Promise.withResolvers<void>();
    this.closed = own;
    try {
      await Promise.all(this.inside);
      return await act();
    } finally {
      this.closed = null;
      own.resolve();
    }
  }
}
