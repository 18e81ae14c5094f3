// Two machines with the same name would mistake each other's sessions for their own, and for dead ones. So a process
// does not start work while another machine with its name does.

import type { ConfigurationError } from '../domain/failure.ts';
import { sleep } from '../stdx/async/sleep.ts';
import type { Database } from '../store/database.ts';
import { leaseMs, namesakesOf } from '../store/work/runs/executors.ts';
import { durableFailures } from './failure-catalogue.ts';

/** A machine that has just died still counts until its lease is over. */
const waitMsMax = leaseMs + 5_000;
const lookEveryMs = 500;

interface OwnName {
  executorId: string;
  host: string;
  /** Distinguishes machines of one name. */
  machine: string;
}

/**
 * Call it after this process has reported: then at least one of two processes that start at once sees the other.
 * @throws ConfigurationError `HOST_NAME_TAKEN`
 */
export async function assertOwnName(
  database: Database,
  own: OwnName,
  signal: AbortSignal,
  waitMs: number = waitMsMax,
): Promise<void> {
  const untilMs = performance.now() + waitMs;
  while ((await database.run((query) => namesakesOf(query, own), signal)) > 0) {
    if (performance.now() >= untilMs) throw taken(own);
    await sleep(Math.min(lookEveryMs, waitMs), signal);
  }
}

function taken({ host }: OwnName): ConfigurationError {
  return durableFailures.HOST_NAME_TAKEN('start', { host });
}
