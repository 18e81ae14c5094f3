// For tests: servers on one database, and watchers of its changes.
import { sql } from 'kysely';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { testDatabase } from '../../test/database.ts';
import type { LiveMessage } from '../contract/contract.ts';
import { PermanentError } from '../domain/failure.ts';
import { startLiveFeed } from '../engine/background/live/live-feed.ts';
import type { Moose } from '../engine/moose.ts';
import { until } from '../stdx/async/until.fixture.ts';
import { addToken, newToken } from '../store/access/api-tokens.ts';
import type { Database } from '../store/database.ts';
import type { LiveLimits } from './live/live-clients.ts';
import { type ApiServer, startServer } from './serving/server.ts';

export const change = (database: Database, subject: string, detail = '') =>
  sql`insert into live_events (topic, subject, detail)
    values ('spec', ${subject}, jsonb_build_object('about', ${detail}::text))`.execute(database.query);

export async function liveGround(limits: Partial<LiveLimits> = {}, failureDelayMs = 20) {
  const database = await testDatabase();
  const token = newToken();
  await addToken(database.query, token, { name: 'watcher', role: 'viewer', createdBy: 'test' });
  const server = await aServer(database, limits, { failureDelayMs });
  return { database, token, server };
}

export async function aServer(
  database: Database,
  limits: Partial<LiveLimits> = {},
  { port = 0, failureDelayMs = 20 } = {},
): Promise<ApiServer> {
  const nothing = async (): Promise<never> => {
    throw new PermanentError({ code: 'NOTHING_HERE', component: 'test', operation: 'test', message: 'No.' });
  };
  // Only a bell makes it read.
  const feed = startLiveFeed({ database, onFailure: () => undefined, pollMs: 3_600_000 });
  const server = await startServer(
    {
      database,
      logger: pino({ level: 'silent' }),
      errors: { record: () => ({ id: '', resolved: () => undefined }) },
      version: '0.0.0',
      baseUrl: null,
      clientManager: { report: nothing, one: nothing, answer: nothing },
      mooseFor: () => ({}) as Moose,
      isWorking: () => true,
      disk: async () => 'writable' as const,
      webhooks: { sources: { find: async () => null }, onDelivery: () => undefined },
      failureDelayMs,
      live: { feed, limits },
    },
    { bind: '127.0.0.1', port },
  );
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= server.close().then(() => feed.close());
    return closing;
  };
  onTestFinished(close);
  return { ...server, close };
}

/** A watcher, and everything that it received. */
export function aWatcher(
  server: { url: string },
  token: string,
  given: { cursor?: string; headers?: Record<string, string> } = {},
) {
  const query = given.cursor === undefined ? '' : `?cursor=${encodeURIComponent(given.cursor)}`;
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/api/live${query}`, {
    headers: { authorization: `Bearer ${token}`, ...given.headers },
  });
  const watcher = {
    socket,
    messages: [] as LiveMessage[],
    /** The subjects of the events, in the order of arrival. */
    subjects: [] as Array<string | null>,
    cursor: '',
    closed: null as { code: number; reason: string } | null,
  };
  socket.on('message', (data) => {
    const message = JSON.parse(String(data)) as LiveMessage;
    watcher.messages.push(message);
    if ('cursor' in message) watcher.cursor = message.cursor;
    if (message.type === 'events') watcher.subjects.push(...message.events.map(({ subject }) => subject));
  });
  socket.on('close', (code, reason) => {
    watcher.closed = { code, reason: String(reason) };
  });
  // The `close` event that follows has the same information.
  socket.on('error', () => undefined);
  onTestFinished(() => socket.terminate());
  return watcher;
}

export async function greeted(...watchers: Array<ReturnType<typeof aWatcher>>): Promise<void> {
  await until('all are let in', () => watchers.every(({ messages }) => messages.length > 0));
}

/** The answer to an upgrade that is refused. */
export async function refusal(url: string, headers: Record<string, string>) {
  const socket = new WebSocket(url.replace('http', 'ws'), { headers });
  onTestFinished(() => socket.terminate());
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; code: string }>();
  socket.on('error', () => undefined);
  socket.on('open', () => reject(new Error('It was let in')));
  socket.on('unexpected-response', (_request, answer) => {
    const parts: Buffer[] = [];
    answer.on('data', (part: Buffer) => parts.push(part));
    answer.on('end', () =>
      resolve({ status: answer.statusCode ?? 0, code: JSON.parse(Buffer.concat(parts).toString()).code }),
    );
  });
  return promise;
}
