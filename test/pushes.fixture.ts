import { sql } from 'kysely';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { apiGround } from '../src/api/api-ground.fixture.ts';
import { askPush } from '../src/engine/access/ask-push.ts';
import { startDelivery } from '../src/engine/background/notify/deliver.ts';
import { keepPushing } from '../src/engine/background/notify/deliver-pushes.ts';
import { createMoose } from '../src/engine/moose.ts';
import { noForge } from '../src/engine/no-forge.fixture.ts';
import { createKeyRing } from '../src/engine/policy/secrets/key-ring.ts';
import { scratchDirectory } from '../src/git/scratch-repository.fixture.ts';
import type { Browser } from '../src/notifiers/push/browser.fixture.ts';
import { createPushSender } from '../src/notifiers/push/sender.ts';
import { systemClock } from '../src/stdx/clock.ts';
import { addToken, findToken, newToken } from '../src/store/access/api-tokens.ts';
import type { Database } from '../src/store/database.ts';
import { testDatabase } from './database.ts';
import { type Fault, type FaultRequest, startFaultServer } from './fault-server.ts';

export const known = { agentNames: ['patch'], assertModel: async () => undefined };
export const json = { 'content-type': 'application/json' };
const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const deadlineMs = 60_000;
const lookEveryMs = 20;

export async function until<T>(look: () => Promise<T>, isIt: (seen: T) => boolean): Promise<T> {
  const startedMs = performance.now();
  for (;;) {
    const seen = await look();
    if (isIt(seen)) return seen;
    if (performance.now() - startedMs > deadlineMs) throw new Error(`Still ${JSON.stringify(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
}

export async function ground() {
  const database = await testDatabase();
  const keyRing = createKeyRing({ dataDirectory: scratchDirectory() });
  const made = await apiGround({
    database,
    mooseFor: (actor, requester = actor) =>
      createMoose({
        signal: new AbortController().signal,
        database,
        clock: systemClock,
        ...noForge,
        known,
        actor,
        requester,
        keyRing,
      }),
  });
  const { server } = made;
  /** A person in a browser. */
  const person = async (name: string, role: 'viewer' | 'admin' = 'viewer') => {
    const token = newToken();
    await addToken(database.query, token, { name, role, createdBy: 'test', person: name });
    const enter = async () => {
      const opened = await fetch(`${server.url}/api/session`, {
        method: 'POST',
        headers: json,
        body: JSON.stringify({ token }),
      });
      const headers = {
        ...json,
        origin: server.url,
        'user-agent': firefox,
        cookie: (opened.headers.get('set-cookie') ?? '').split(';')[0] ?? '',
      };
      return async (method: string, path: string, body?: unknown) => {
        const answer = await fetch(`${server.url}${path}`, {
          method,
          headers,
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        const text = await answer.text();
        return { status: answer.status, body: text === '' ? null : JSON.parse(text) };
      };
    };
    const id = (await findToken(database.query, token))?.id ?? '';
    return { name, tokenId: id, enter, call: await enter() };
  };
  /** Subscribed at a push service of the test, which the interface itself refuses. */
  const subscribe = async (who: { name: string; tokenId: string }, endpoint: string, browser: Browser) => {
    const push = askPush({
      database,
      actor: `human:${who.name}`,
      keyRing: () => keyRing,
      allowsLoopback: true,
    });
    await push.key();
    const from = { tokenId: who.tokenId, sessionId: null, userAgent: firefox };
    return push.subscribe({ endpoint, keys: browser.keys }, from);
  };
  return { ...made, database, keyRing, person, subscribe };
}

export async function pushHost(answer: Fault | ((request: FaultRequest) => Fault)) {
  const service = await startFaultServer(answer);
  onTestFinished(() => service.stop());
  return { ...service, endpointOf: (name: string) => `${service.url}/push/${name}` };
}

export async function delivering(
  database: Database,
  keyRing: ReturnType<typeof createKeyRing>,
  keepTryingMs?: number,
) {
  const deps = {
    database,
    keyRing,
    clock: systemClock,
    random: () => 0,
    logger: pino({ level: 'silent' }),
    ...(keepTryingMs === undefined ? {} : { keepTryingMs }),
    errors: { record: () => ({ id: '', resolved: () => undefined }) },
    sender: createPushSender({ clock: systemClock, contact: null, timeoutMs: 5_000, allowsLoopback: true }),
  };
  const running = startDelivery({
    ...deps,
    notifiers: [],
    baseUrl: null,
    announcedBy: 'test',
    pushes: (signal) => keepPushing(deps, signal),
  });
  onTestFinished(() => running.close());
  await running.ready;
}

export const rows = (database: Database) =>
  database.query
    .selectFrom('outbox')
    .select(['key', 'channel', 'state', 'attempts', 'payload'])
    .orderBy('id')
    .execute();
export const hurry = (database: Database) =>
  sql`update outbox set next_attempt_at = clock_timestamp() where state = 'waiting'
    and next_attempt_at > clock_timestamp()`
    .execute(database.query)
    .then(() => sql`notify moose_outbox`.execute(database.query));
export const asked = (subjectId: string, person: string | null) => ({
  kind: 'escalation.opened',
  subjectId,
  to: { person, workOrderId: null },
  payload: {
    title: `Question ${subjectId}`,
    text: 'Secret details',
    severity: 'high' as const,
    path: `/escalations/${subjectId}`,
  },
});
export const ok: Fault = { kind: 'reply', status: 201 };
