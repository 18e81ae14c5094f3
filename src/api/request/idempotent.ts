// A request with an `Idempotency-Key` takes effect once, however often it is sent and whichever process dies: the ID of
// the new object is chosen before it is created, and the answer is kept for a day.

import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import type { PermanentError, TransientError } from '../../domain/failure.ts';
import { newId } from '../../domain/ids.ts';
import { sleep } from '../../stdx/async/sleep.ts';
import { claimKey, type KeyClaim, keepAnswer, releaseKey } from '../../store/access/idempotency-keys.ts';
import type { Database } from '../../store/database.ts';
import { apiFailures } from '../failure-catalogue.ts';
import type { ApiVariables } from './api.ts';

/** After this time, the first request counts as dead; then another one repeats it, with the same ID. */
const holdMs = 8_000;
/**
 * Longer than `holdMs`, so that a request that waits for a dead one finally does the work itself; shorter than a
 * request may take.
 */
const defaultWaitMs = 11_000;
const lookEveryMs = 100;
/** The answer is that of an earlier request. */
export const replayedHeader = 'idempotency-replayed';
const keyPattern = /^[\x20-\x7e]{1,200}$/;

/**
 * `work` creates the object with the ID `subjectId`. It may be called again with the same ID, and must then find the
 * object that it created. Its errors are not stored: the same request may be sent again.
 * @throws `IDEMPOTENCY_KEY_INVALID`, `IDEMPOTENCY_KEY_REUSED`, `IDEMPOTENCY_UNDER_WAY`, and the errors of `work`
 */
export async function idempotent<Body>(
  c: Context<ApiVariables>,
  { database, waitMsMax = defaultWaitMs }: { database: Database; waitMsMax?: number },
  work: (subjectId: string) => Promise<{ status: number; body: Body }>,
): Promise<{ status: number; body: Body }> {
  const subjectId = newId<string>(new Date());
  const key = c.req.header('idempotency-key');
  if (key === undefined) return work(subjectId);
  if (!keyPattern.test(key)) throw keyInvalid();
  const { actor } = c.get('caller');
  const claim = { actor, key, subjectId, holdMs, requestHash: await requestHash(c) };
  const claimed = await claimInTime(database, claim, waitMsMax, c.get('signal'));
  if (claimed.state === 'answered') {
    c.header(replayedHeader, 'true');
    return { status: claimed.status, body: claimed.response as Body };
  }
  try {
    const made = await work(claimed.subjectId);
    await database.run((query) => keepAnswer(query, claim, { status: made.status, response: made.body }));
    return made;
  } catch (cause) {
    await database.run((query) => releaseKey(query, claim));
    throw cause;
  }
}

async function claimInTime(database: Database, claim: KeyClaim, waitMsMax: number, signal: AbortSignal) {
  const deadlineMs = performance.now() + waitMsMax;
  for (;;) {
    const claimed = await database.transaction((query) => claimKey(query, claim), signal);
    if (claimed.state === 'of_another_request') throw keyReused();
    if (claimed.state !== 'under_way') return claimed;
    if (performance.now() > deadlineMs) throw underWay();
    await sleep(lookEveryMs, signal);
  }
}

/** The body as sent: other wording makes another request. */
async function requestHash(c: Context<ApiVariables>): Promise<Buffer> {
  return createHash('sha256')
    .update(`${c.req.method} ${c.req.path}\n`)
    .update(await c.req.text())
    .digest();
}

const fields = { operation: 'do once' };

function keyInvalid(): PermanentError {
  return apiFailures.IDEMPOTENCY_KEY_INVALID(fields);
}

function keyReused(): PermanentError {
  return apiFailures.IDEMPOTENCY_KEY_REUSED(fields);
}

function underWay(): TransientError {
  return apiFailures.IDEMPOTENCY_UNDER_WAY({ ...fields, retryAfterMs: 1_000 });
}
