// Many watchers without a screen: each has the connection and the refresher of the pages, so that each is as much work
// for the server as a page.
import { WebSocket } from 'ws';
import { connectLive } from '../../web/src/live/live-connection.ts';
import { createRefresher, isUrgent, type StaleKey, staleKeys } from '../../web/src/live/refresher.ts';
import type { WatchersAsk, WatchersReport } from './messages.ts';

const report: WatchersReport = { live: 0, reads: 0, refused: 0 };
const reportEveryMs = 100;

process.on('message', ({ url, tokens, paths }: WatchersAsk) => {
  for (const token of tokens) watch(url, token, paths);
});
process.once('disconnect', () => process.exit(0));
setInterval(() => process.send?.(report), reportEveryMs);

function watch(url: string, token: string, paths: WatchersAsk['paths']): void {
  const headers = { authorization: `Bearer ${token}` };
  const reading = new Set<string>();
  const read = async ([group = '', id = '']: StaleKey) => {
    const path = paths[group];
    // A page reads only the work order that it shows.
    if (!path?.includes(id)) return;
    reading.add(group);
    const answer = await fetch(url + path, { headers });
    await answer.text();
    reading.delete(group);
    report.reads += 1;
    if (!answer.ok) report.refused += 1;
  };
  const refresher = createRefresher({ isReading: ([group = '']) => reading.has(group), read });
  let cursor: string | null = null;
  connectLive(
    {
      open: (from) =>
        new WebSocket(`${url.replace(/^http/, 'ws')}/api/live${from === null ? '' : `?cursor=${from}`}`, {
          headers,
        }),
      readCursor: () => cursor,
      writeCursor: (newest) => {
        cursor = newest;
      },
      now: () => Date.now(),
      random: () => Math.random(),
      onWake: () => () => {},
    },
    {
      onEvents: (events) => {
        refresher.refresh(staleKeys(events.filter(isUrgent)), true);
        refresher.refresh(staleKeys(events.filter((event) => !isUrgent(event))));
      },
      onResync: () => refresher.refresh(Object.keys(paths).map((group) => [group])),
      onState: ({ kind }) => {
        report.live += kind === 'live' ? 1 : -1;
      },
      onSignedOut: () => process.exit(1),
    },
  );
}
