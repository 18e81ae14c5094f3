// For tests: a feed on a real database, its watchers, and the events that are written.
import { sql } from 'kysely';
import { onTestFinished } from 'vitest';
import type { Database, Query } from '../../../store/database.ts';
import { type LiveFeed, type LiveFeedOptions, startLiveFeed } from './live-feed.ts';

export const never = 3_600_000;

export const write = (query: Query, subject: string) =>
  sql`insert into live_events (topic, subject) values ('spec', ${subject})`.execute(query);

/** Unless told otherwise, the feed reads only when it is notified. */
export async function aFeed(database: Database, given: Partial<LiveFeedOptions> = {}): Promise<LiveFeed> {
  const feed = startLiveFeed({
    database,
    onFailure: (error) => {
      throw error;
    },
    pollMs: never,
    ...given,
  });
  onTestFinished(() => feed.close());
  await feed.ready;
  return feed;
}

/** Everything that a watcher receives: subjects, or `resync`. */
export function watch(feed: LiveFeed, cursor?: string) {
  const told: string[] = [];
  const at = { cursor: cursor ?? feed.cursor() };
  const unsubscribe = feed.subscribe({
    ...(cursor === undefined ? {} : { cursor }),
    onEvents: (events, newest) => {
      told.push(...events.map(({ subject }) => subject ?? ''));
      at.cursor = newest;
    },
    onResync: (newest) => {
      told.push('resync');
      at.cursor = newest;
    },
  });
  return { told, at, unsubscribe };
}
