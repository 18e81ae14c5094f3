// A second machine on the same database: a worker with a host name, a home and a data directory of its own, and its own
// way to the database, so that it can be cut off alone.

import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type DatabaseRelay, startDatabaseRelay } from './database-relay.ts';
import { chaosFailures } from './failure-catalogue.ts';
import type { Place } from './moose-processes.ts';

const run = promisify(execFile);
const hostName = 'moose-chaos-second';

export interface SecondMachine {
  place: Place;
  relay: DatabaseRelay;
}

/** @throws ConfigurationError CHAOS_MACHINE_REFUSED */
export async function openSecondMachine(
  root: string,
  databaseUrl: string,
  environment: Readonly<Record<string, string>>,
): Promise<SecondMachine> {
  await assertMayRename();
  const home = join(root, 'second');
  const dataDirectory = join(home, 'data');
  await mkdir(dataDirectory, { recursive: true, mode: 0o711 });
  const relay = await startDatabaseRelay(databaseUrl);
  const before = ['unshare', '--uts', 'sh', '-c', `hostname ${hostName} && exec "$0" "$@"`];
  return {
    relay,
    place: {
      dataDirectory,
      before,
      environment: { ...environment, HOME: home, MOOSE_DATABASE_URL: relay.url },
    },
  };
}

async function assertMayRename(): Promise<void> {
  try {
    await run('unshare', ['--uts', 'true']);
  } catch (cause) {
    throw chaosFailures.CHAOS_MACHINE_REFUSED({ operation: 'open', cause });
  }
}

/** Does everything to both relays, as to the network between all machines and the database. */
export function bothRelays(one: DatabaseRelay, other: DatabaseRelay): DatabaseRelay {
  return {
    url: one.url,
    cut: () => one.cut() + other.cut(),
    close: async () => (await one.close()) + (await other.close()),
    silence() {
      one.silence();
      other.silence();
    },
    slow(delayMs) {
      one.slow(delayMs);
      other.slow(delayMs);
    },
    loseAnswerTo(text) {
      one.loseAnswerTo(text);
      other.loseAnswerTo(text);
    },
    async restore() {
      await one.restore();
      await other.restore();
    },
    lost: () => one.lost() + other.lost(),
    hindered: () => one.hindered() + other.hindered(),
  };
}
