// Two machines with the same name would mistake each other's sessions for their own, and for dead ones. So a process
// does not start work while another machine with its name does.
import { ConfigurationError } from '../domain/failure.ts';
import { sleep } from '../stdx/sleep.ts';
import type { Database } from '../store/database.ts';
import { leaseMs, namesakesOf } from '../store/work/executors.ts';

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
  return new ConfigurationError({
    code: 'HOST_NAME_TAKEN',
    component: 'durable',
    operation: 'start',
    message: `Another machine named "${host}" works on this database, so the two machines could not tell their sessions apart.`,
    advice:
      'Give this machine another name, with `hostnamectl set-hostname NAME` or the `--hostname` of its container, and start Moose again.',
  });
}
