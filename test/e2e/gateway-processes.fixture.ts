// The gateways of a data directory: they outlive a Moose that is killed, and one that still reads an answer to its end.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readAddress } from '../../src/gateway/address-file.ts';
import { eventually } from './eventually.fixture.ts';

const goneMsMax = 10_000;

/** The process ids of those that live. */
export async function gatewaysOf(dataDirectory: string): Promise<number[]> {
  const parent = join(dataDirectory, 'gateway');
  const names = await readdir(parent).catch(() => []);
  const addresses = await Promise.all(names.map((name) => readAddress(join(parent, name))));
  return addresses.flatMap((address) => (address && isAlive(address.pid) ? [address.pid] : []));
}

/** At the end of a test, when nothing of what they still do is of interest. */
export async function endGateways(dataDirectory: string): Promise<void> {
  for (const pid of await gatewaysOf(dataDirectory)) killed(pid);
  await eventually(async () => {
    const left = await gatewaysOf(dataDirectory);
    if (left.length > 0) throw new Error(`Gateways that do not end: ${left.join(', ')}`);
  }, goneMsMax);
}

function killed(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has gone by itself.
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    // There is none.
    return false;
  }
}
