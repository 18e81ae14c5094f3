// An ordered ladder of ways to get something. Every call begins at the top again, so that a degradation ends by itself.
import { cancellation } from './cut-off.ts';

export interface PassedOver {
  way: string;
  failure: unknown;
}

export interface Degraded<T> {
  value: T;
  /** The way that gave the value. */
  way: string;
  /** Not by the first way: to be shown wherever the value is, as with data from a cache. */
  isDegraded: boolean;
  passedOver: readonly PassedOver[];
}

export interface DegradeOptions {
  signal: AbortSignal;
  /** False: no other way would do better, and the failure is the whole ladder's. */
  fallsOver(failure: unknown): boolean;
  onPassedOver?(passed: PassedOver): void;
}

export type Ways<W> = readonly [W, ...W[]];

/** Rejects with the failure of the last way that was tried; those before it went to `onPassedOver`. */
export async function degrade<T, W extends { name: string }>(
  ways: Ways<W>,
  { signal, fallsOver, onPassedOver }: DegradeOptions,
  take: (way: W, isLast: boolean) => Promise<T>,
): Promise<Degraded<T>> {
  const passedOver: PassedOver[] = [];
  const [first, ...others] = ways;
  let way = first;
  // Once per way.
  for (;;) {
    const [following] = others;
    try {
      const value = await take(way, following === undefined);
      return { value, way: way.name, isDegraded: passedOver.length > 0, passedOver };
    } catch (failure) {
      if (signal.aborted) throw cancellation(signal);
      if (following === undefined || !fallsOver(failure)) throw failure;
      const passed = { way: way.name, failure };
      passedOver.push(passed);
      onPassedOver?.(passed);
      way = following;
      others.shift();
    }
  }
}
