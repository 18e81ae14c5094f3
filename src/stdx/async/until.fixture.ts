import { sleep } from './sleep.ts';

/** Only tells what hangs: what comes is waited for, however busy the machine is. */
const waitMsMax = 45_000;
const lookMs = 5;

type Found<Value> = Exclude<Value, false | null | undefined>;

/** Waits for a condition, with a deadline; never for a fixed time. Returns what was found. */
export async function until<Value>(
  what: string,
  look: () => Value | Promise<Value>,
  limitMs = waitMsMax,
): Promise<Found<Value>> {
  for (const endMs = performance.now() + limitMs; ; await sleep(lookMs)) {
    const value = await look();
    if (value) return value as Found<Value>;
    if (performance.now() > endMs) throw new Error(`Waited ${limitMs} ms in vain for: ${what}`);
  }
}
