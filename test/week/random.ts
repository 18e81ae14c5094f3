// Random numbers that are the same for the same seed (mulberry32, public domain).

export interface Dice {
  /** At least 0 and less than 1. */
  next(): number;
  between(low: number, high: number): number;
  whole(low: number, high: number): number;
  pick<T>(from: readonly [T, ...T[]]): T;
  /** Chooses one, in proportion to the weights. */
  weighted<T>(from: ReadonlyArray<readonly [T, number]>): T;
  uuid(): string;
}

export function createDice(seed: number): Dice {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const whole = (low: number, high: number) => Math.floor(low + next() * (high - low + 1));
  const dice: Dice = {
    next,
    between: (low, high) => low + next() * (high - low),
    whole,
    pick: (from) => from[whole(0, from.length - 1)] ?? from[0],
    weighted: (from) => {
      let rest = next() * from.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [one, weight] of from) {
        rest -= weight;
        if (rest < 0) return one;
      }
      const last = from.at(-1);
      if (!last) throw new TypeError('There is nothing to choose from');
      return last[0];
    },
    uuid: () => {
      const hex = Array.from({ length: 32 }, () => whole(0, 15).toString(16)).join('');
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-9${hex.slice(17, 20)}-${hex.slice(20)}`;
    },
  };
  return dice;
}
