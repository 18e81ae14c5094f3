// Tracks whether the server returns fresh data.
import { useSyncExternalStore } from 'react';

let asOf: string | null = null;
const listeners = new Set<() => void>();

/** @param at - when the data of a response was fresh, as RFC 3339; null if the response itself is fresh */
export function noteAsOf(at: string | null): void {
  if (at === asOf || (at !== null && asOf !== null && at < asOf)) return;
  asOf = at;
  for (const tell of listeners) tell();
}

/** The age of the newest data if the server has no fresh data; otherwise null. */
export function useAsOf(): string | null {
  return useSyncExternalStore(listen, () => asOf);
}

function listen(tell: () => void): () => void {
  listeners.add(tell);
  return () => void listeners.delete(tell);
}
