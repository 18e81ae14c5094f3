// The clients of a storm: each works for one run after the other, with calls of four protocols, through either gateway.
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { RunId, WorkOrderId } from '../../src/domain/ids.ts';
import { sleep } from '../../src/stdx/async/sleep.ts';
import type { Random } from '../../src/stdx/random.ts';
import type { Database, Query } from '../../src/store/database.ts';
import { cancelReservation, reserveBudget } from '../../src/store/money/costs.ts';
import { type IssuedKey, issueKey } from '../../src/store/money/gateway-keys.ts';
import { updateRun } from '../../src/store/work/runs/runs.ts';

/** The brake stops a key that calls more often in ten seconds. */
const callsOfKey = 48;
const togetherMax = 4;
const callsOfRunMax = 160;
const envelopeNanoUsdMax = 1_000_000_000;
const callMsMax = 20_000;
const refusedMs = 200;
const outputTokens = [64, 256, 1_024] as const;

export interface StormClient {
  database: Database;
  random: Random;
  /** The base URL of the gateway to call now. */
  gateway(): string;
  signal: AbortSignal;
  /** `done`, `lost`, or why it was refused. */
  count(what: string): void;
}

/** Works until the signal is aborted. */
export async function work(client: StormClient): Promise<void> {
  const { database, random, signal } = client;
  while (!signal.aborted) {
    const run = await beginRun(database.query, BigInt(Math.ceil(random() * envelopeNanoUsdMax)), signal);
    if (run === null) return;
    const calls = Math.ceil(random() * callsOfRunMax);
    let key: IssuedKey | null = null;
    for (let n = 0; n < calls && !signal.aborted; n += togetherMax) {
      if (key === null || n % callsOfKey === 0)
        key = await issueKey(database.query, { ...run, serviceName: 'agent' });
      const { id, secret } = key;
      const together = Array.from({ length: togetherMax }, (_, more) =>
        random() < 0.7 ? call(client, run.runId, { id, secret }, n + more) : Promise.resolve(),
      );
      await Promise.all(together);
    }
    // Sometimes while calls are under way, as a stopped run does.
    await database.run((query) => cancelReservation(query, run.reservationId));
  }
}

/** Waits until there is money for its envelope; null if the signal was aborted first. */
async function beginRun(query: Query, nanoUsd: bigint, signal: AbortSignal) {
  const [projectId, workOrderId, runId] = [randomUUID(), randomUUID() as WorkOrderId, randomUUID() as RunId];
  await sql`insert into projects (id, name, repository_path) values (${projectId}, ${projectId}, ${projectId})`.execute(
    query,
  );
  await sql`insert into work_orders (id, project_id, title, time_limit_ms, changed_by)
    values (${workOrderId}, ${projectId}, 'storm', 1000, 'human:bench')`.execute(query);
  await sql`insert into runs (id, work_order_id, number, kind) values (${runId}, ${workOrderId}, 1, 'work')`.execute(
    query,
  );
  const of = { work_order_id: workOrderId, run_id: runId, project_id: projectId };
  while (!signal.aborted) {
    const { reservationId } = await reserveBudget(query, nanoUsd, 'pipeline', of);
    if (reservationId !== null) {
      await updateRun(query, runId, { reservationId });
      return { workOrderId, runId, reservationId };
    }
    await sleep(refusedMs, signal).catch(() => undefined);
  }
  return null;
}

async function call(client: StormClient, runId: RunId, key: IssuedKey, n: number): Promise<void> {
  const { random, signal } = client;
  const { path, headers, body } = requestOf(random, runId, key, n);
  const impatient = AbortSignal.timeout(random() < 0.05 ? Math.ceil(random() * 200) : callMsMax);
  try {
    const answer = await fetch(`${client.gateway()}/s/${key.id}/scripted${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
      signal: AbortSignal.any([impatient, signal]),
    });
    await answer.arrayBuffer();
    client.count(answer.ok ? 'done' : (answer.headers.get('x-moose-refused') ?? 'provider_error'));
  } catch {
    // A gateway that was killed or frozen, a cut stream, or no patience.
    client.count('lost');
  }
}

function requestOf(random: Random, runId: RunId, { secret }: IssuedKey, n: number) {
  const text = `run:${runId} call ${n} ${'and the storm goes on '.repeat(Math.floor(random() * 200))}`;
  const limit = outputTokens[Math.floor(random() * outputTokens.length)] ?? 64;
  const isStream = random() < 0.6;
  const messages = [{ role: 'user', content: text }];
  const bearer = { authorization: `Bearer ${secret}` };
  switch (Math.floor(random() * 4)) {
    case 0:
      return {
        path: '/v1/messages',
        headers: { 'x-api-key': secret },
        body: JSON.stringify({ model: 'light', max_tokens: limit, stream: isStream, messages }),
      };
    case 1:
      return {
        path: '/v1/chat/completions',
        headers: bearer,
        body: JSON.stringify({ model: 'light', max_tokens: limit, stream: isStream, messages }),
      };
    case 2:
      return {
        path: '/v1/responses',
        headers: bearer,
        body: JSON.stringify({
          model: 'light',
          max_output_tokens: limit,
          stream: isStream,
          store: false,
          input: messages,
        }),
      };
    default:
      return {
        path: `/v1beta/models/light:${isStream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
        headers: { 'x-goog-api-key': secret },
        body: JSON.stringify({
          contents: [{ role: 'user', parts: [{ text }] }],
          generationConfig: { maxOutputTokens: limit },
        }),
      };
  }
}
