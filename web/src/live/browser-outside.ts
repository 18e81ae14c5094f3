// The browser APIs that the live connection uses.
import type { LiveOutside } from './live-connection.ts';

const cursorName = 'moose.live.cursor';

export const browserOutside: LiveOutside = {
  open: (cursor) => {
    const url = new URL('/api/live', window.location.href);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    if (cursor !== null) url.searchParams.set('cursor', cursor);
    return new WebSocket(url);
  },
  // A reloaded page continues at its cursor; each tab has its own. Without storage it starts over.
  readCursor: () => within(() => sessionStorage.getItem(cursorName)),
  writeCursor: (cursor) => void within(() => sessionStorage.setItem(cursorName, cursor)),
  now: () => Date.now(),
  random: () => Math.random(),
  onWake: (look) => {
    const seen = () => {
      if (document.visibilityState === 'visible') look();
    };
    const stop = new AbortController();
    const { signal } = stop;
    for (const kind of ['online', 'focus', 'pageshow']) window.addEventListener(kind, look, { signal });
    document.addEventListener('visibilitychange', seen, { signal });
    return () => stop.abort();
  },
};

/** Null if the browser forbids storage or has no space left. */
function within<T>(use: () => T): T | null {
  try {
    return use();
  } catch (cause) {
    if (cause instanceof DOMException) return null;
    throw cause;
  }
}
