// The gateways of the proof as the test sees them: processes that are nobody's children, found where they say that they are.
import { readFile } from 'node:fs/promises';
import { readAddress, type WrittenAddress } from '../../src/gateway/address-file.ts';
import { sleep } from '../../src/stdx/sleep.ts';

const lookEveryMs = 20;
const startMsMax = 60_000;
const workMsMax = 5_000;
const callsLeast = 4;
const endMsMax = 30_000;

/** In the midst of its work, if it gets to any in time. */
export async function killGateway(directory: string): Promise<void> {
  const startedMs = performance.now();
  for (;;) {
    const waitedMs = performance.now() - startedMs;
    const address = await livingGateway(directory);
    if (address && (waitedMs > workMsMax || (await callsOf(address)) >= callsLeast)) {
      process.kill(address.pid, 'SIGKILL');
      return;
    }
    if (waitedMs > startMsMax) throw new Error(`There is no gateway in ${directory}`);
    await sleep(lookEveryMs);
  }
}

/** All that it took is over, and booked. */
export async function isIdle(directory: string): Promise<boolean> {
  const address = await livingGateway(directory);
  if (!address) return false;
  return (await callsOf(address)) === 0;
}

/** Under way, or not booked yet; -1: it was killed just now, or does not answer yet. */
async function callsOf({ port }: WrittenAddress): Promise<number> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/healthz`);
    const { calls, unbooked } = (await answer.json()) as { calls: number; unbooked: number };
    return calls + unbooked;
  } catch {
    return -1;
  }
}

/** One that is not needed any more ends by itself. */
export async function gatewayEnds(directory: string): Promise<boolean> {
  const deadlineMs = performance.now() + endMsMax;
  while (await livingGateway(directory)) {
    if (performance.now() > deadlineMs) return false;
    await sleep(lookEveryMs);
  }
  return true;
}

export async function removeGateway(directory: string): Promise<void> {
  const address = await livingGateway(directory);
  if (address) process.kill(address.pid, 'SIGKILL');
}

async function livingGateway(directory: string): Promise<WrittenAddress | null> {
  const address = await readAddress(directory);
  if (!address) return null;
  const command = await readFile(`/proc/${address.pid}/cmdline`, 'utf8').catch(() => '');
  return command.includes('gateway-program') ? address : null;
}
