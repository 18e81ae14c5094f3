// Concurrent requests for the same data share one read, for example when a change makes every open page
// reload. Nobody gets an answer whose reading began before the question: those who ask during a read share
// the next one.

export interface SharedReads {
  /** `key` names everything that the answer depends on. The answer is shared, so it must not be changed. */
  read<Answer>(key: string, read: () => Promise<Answer>): Promise<Answer>;
}

interface Reading {
  running: Promise<unknown>;
  /** Begins when the running one has ended; null while nobody asks. */
  next: Promise<unknown> | null;
}

export function sharedReads(): SharedReads {
  const readings = new Map<string, Reading>();

  function begin(key: string, read: () => Promise<unknown>): Promise<unknown> {
    // A read that throws at once also fails: otherwise everybody who asks later would wait forever.
    const running = (async () => read())();
    const reading: Reading = { running, next: null };
    readings.set(key, reading);
    const over = () => {
      if (reading.next === null) readings.delete(key);
    };
    running.then(over, over);
    return running;
  }

  return {
    read<Answer>(key: string, read: () => Promise<Answer>): Promise<Answer> {
      const reading = readings.get(key);
      if (reading === undefined) return begin(key, read) as Promise<Answer>;
      const again = () => begin(key, read);
      reading.next ??= reading.running.then(again, again);
      return reading.next as Promise<Answer>;
    },
  };
}
