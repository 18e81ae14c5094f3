// The live region for announcements. Screen readers announce it when they are idle.
import { useSyncExternalStore } from 'react';

let said = { text: '', count: 0 };
const listeners = new Set<() => void>();

/** Announces a text to screen readers. */
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
      {/* A new element each time, so that a repeated text is announced again. */}
      <span key={count}>{text}</span>
    </div>
  );
}
