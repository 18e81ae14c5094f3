// The live feed of the app: one connection, open while any component uses its state.
import { useSyncExternalStore } from 'react';
import { queryClient } from '../api/query-client.ts';
import { browserOutside } from './browser-outside.ts';
import { connectLive, type LiveState } from './live-connection.ts';
import { createRefresher, isUrgent, staleKeys } from './refresher.ts';

let state: LiveState = { kind: 'reconnecting', sinceMs: Date.now() };
const listeners = new Set<() => void>();
let end: (() => void) | null = null;

/** Whether the page is live. Keeps the connection open while it is used. */
export function useLive(): LiveState {
  return useSyncExternalStore(listen, () => state);
}

function listen(tell: () => void): () => void {
  listeners.add(tell);
  end ??= begin();
  return () => {
    listeners.delete(tell);
    if (listeners.size > 0) return;
    end?.();
    end = null;
  };
}

function begin(): () => void {
  const show = (now: LiveState) => {
    state = now;
    for (const tell of listeners) tell();
  };
  show({ kind: 'reconnecting', sinceMs: Date.now() });
  const refresher = createRefresher({
    isReading: (key) => queryClient.isFetching({ queryKey: key }) > 0,
    read: (key) => queryClient.invalidateQueries({ queryKey: key }, { cancelRefetch: false }),
  });
  const endConnection = connectLive(browserOutside, {
    onState: show,
    onEvents: (events) => {
      refresher.refresh(staleKeys(events.filter(isUrgent)), true);
      refresher.refresh(staleKeys(events.filter((event) => !isUrgent(event))));
    },
    onResync: () => refresher.refresh([[]]),
    // Reloading `me` then asks the user to sign in.
    onSignedOut: () => refresher.refresh([['me']]),
  });
  return () => {
    endConnection();
    refresher.close();
  };
}
