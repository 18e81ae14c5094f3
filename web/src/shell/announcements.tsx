// One place in which the page speaks by itself, when the listener has finished listening to something else.
import { useSyncExternalStore } from 'react';

let said = { text: '', count: 0 };
const listeners = new Set<() => void>();

/** Read out to who listens. */
export function announce(text: string): void {
  said = { text, count: said.count + 1 };
  for (const tell of listeners) tell();
}

function listen(tell: () => void): () => void {
  listeners.add(tell);
  return () => listeners.delete(tell);
}

export function Announcements() {
  const { text, count } = useSyncExternalStore(listen, () => said);
  return (
    <div aria-live="polite" className="sr-only">
      {/* Another element each time: the same words twice are said twice. */}
      <span key={count}>{text}</span>
    </div>
  );
}
