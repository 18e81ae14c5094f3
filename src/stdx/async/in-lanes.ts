// Work of one lane is done a few at a time, in its order. Lanes do not wait for each other.

export interface Lanes {
  run<T>(lane: string, work: () => Promise<T>): Promise<T>;
  /** True if new work in this lane would have to wait. */
  isFull(lane: string): boolean;
}

/** `atOnceMax`: how much work of one lane is under way at once. */
export function inLanes(atOnceMax: number): Lanes {
  const lanes = new Map<string, { atOnce: number; waiting: (() => void)[] }>();
  return {
    isFull: (name) => (lanes.get(name)?.atOnce ?? 0) >= atOnceMax,
    run: async (name, work) => {
      const lane = lanes.get(name) ?? { atOnce: 0, waiting: [] };
      lanes.set(name, lane);
      if (lane.atOnce < atOnceMax) lane.atOnce += 1;
      else await new Promise<void>((resolve) => lane.waiting.push(resolve));
      try {
        return await work();
      } finally {
        // The next one takes over the place.
        const next = lane.waiting.shift();
        if (next) next();
        else lane.atOnce -= 1;
        if (lane.atOnce === 0) lanes.delete(name);
      }
    },
  };
}
