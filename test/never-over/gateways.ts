// The gateways of the never-over test. They are not child processes of the test: it finds them by the address files
// that they write.
import { readFile } from 'node:fs/promises';
import { readAddress, secretHeader, type WrittenAddress } from '../../src/gateway/process/address-file.ts';
import { sleep } from '../../src/stdx/async/sleep.ts';

const lookEveryMs = 20;
const startMsMax = 60_000;
const workMsMax = 5_000;
const callsLeast = 4;
const endMsMax = 30_000;

/** Kills the gateway in the middle of its work, if it gets any in time. */
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

/** Whether all calls of the gateway have ended and are booked. */
export async function isIdle(directory: string): Promise<boolean> {
  const address = await livingGateway(directory);
  if (!address) return false;
  return (await callsOf(address)) === 0;
}

/**
 * The number of calls that are running or not booked yet; -1 if the gateway was just killed, or does not answer yet.
 */
async function callsOf({ port, secret = '' }: WrittenAddress): Promise<number> {
  try {
    const headers = { [secretHeader]: secret };
    const answer = await fetch(`http://127.0.0.1:${port}/healthz`, { headers });
    const { calls, unbooked } = (await answer.json()) as { calls: number; unbooked: number };
    return calls + unbooked;
  } catch {
    return -1;
  }
}

/** Waits for a gateway that is not needed any more to end by itself. */
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
