// Two machines with one name would take each other's sessions for their own, and for dead: a process does not start to work
// while another machine of its name does.
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
 * Call it when this process has reported already: of two that start at once, at least one then sees the other.
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
    message: `Another machine named "${host}" works on this database, so neither could tell its sessions from the other's.`,
    advice:
      'Give this machine another name, with `hostnamectl set-hostname NAME` or the `--hostname` of its container, and start Moose again.',
  });
}
