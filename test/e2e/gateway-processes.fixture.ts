// The gateways of a data directory: they outlive a Moose that is killed, and one that still reads an answer to its end.
import { readdir, readlink, realpath } from 'node:fs/promises';
import { eventually } from './eventually.fixture.ts';

const goneMsMax = 10_000;

/** The process ids of those that live, by the directory in which they run: one that still starts has no address. */
export async function gatewaysOf(dataDirectory: string): Promise<number[]> {
  const parent = `${await realpath(dataDirectory).catch(() => dataDirectory)}/gateway/`;
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const directories = await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/cwd`).catch(() => '')));
  return pids.filter((_, n) => directories[n]?.startsWith(parent)).map(Number);
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
