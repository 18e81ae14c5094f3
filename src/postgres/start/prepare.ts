// Everything that must exist before a server can start: an account, a directory, programs, a password, a cluster.

import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Binaries, type BinaryPackage, prepareBinaries } from '../binaries/binaries.ts';
import { diskFull, isDiskFull } from '../embedded-failure.ts';
import { reachableHome } from '../home.ts';
import { readOrCreatePassword, readPassword } from '../password.ts';
import { type Account, chooseAccount } from './account.ts';
import { createCluster } from './cluster.ts';

/** The parts that differ between a real machine and a test. */
export interface Machine {
  findBinaryPackage(): BinaryPackage;
  /** Where the data goes if root's directory is inside one that other accounts cannot enter. */
  relocationRoot(directory: string): string;
}

export interface Prepared {
  readonly data: string;
  readonly binaries: Binaries;
  readonly account: Account;
  readonly password: string;
}

export async function prepare(
  machine: Machine,
  options: {
    directory: string;
    home: string;
    data: string;
    hasData: boolean;
    settings: Record<string, string>;
    signal: AbortSignal | undefined;
  },
): Promise<Prepared> {
  const { directory, hasData, settings, signal } = options;
  const account = await chooseAccount(hasData ? await stat(options.data) : null);
  const relocationRoot = machine.relocationRoot(directory);
  const home = await reachableHome(directory, options.home, { account, hasData, relocationRoot, signal });
  const data = hasData ? options.data : join(home, 'data');
  if (await isDiskFull(hasData ? data : home)) throw diskFull(data, {});
  const binaries = await prepareBinaries(machine.findBinaryPackage(), { account, home, signal });
  if (hasData) return { data, binaries, account, password: await readPassword(directory) };
  const password = await readOrCreatePassword(directory);
  await createCluster({ data, binaries, account, password, isSynced: settings.fsync === 'on', signal });
  return { data, binaries, account, password };
}
