// The gateways of a data directory: they outlive a killed Moose, and one may still be reading an answer to its end.
import { readdir, readlink, realpath } from 'node:fs/promises';
import { eventually } from './eventually.fixture.ts';

const goneMsMax = 10_000;

/** The PIDs of the living gateways, found by their working directory, because a starting one has no address yet. */
export async function gatewaysOf(dataDirectory: string): Promise<number[]> {
  const parent = `${await realpath(dataDirectory).catch(() => dataDirectory)}/gateway/`;
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const directories = await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/cwd`).catch(() => '')));
  return pids.filter((_, n) => directories[n]?.startsWith(parent)).map(Number);
}

/** Kills the gateways at the end of a test, when their work does not matter any more. */
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
    // The process has ended by itself.
  }
}
