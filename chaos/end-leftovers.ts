// Ends what Moose leaves running for the next Moose: after a chaos run there is none.
import { sleep } from '../src/stdx/sleep.ts';
import { gatewaysOf, sessionProcessesOf } from './find-processes.ts';
import { sendSignal } from './moose-processes.ts';

const looksMax = 100;
const lookEveryMs = 100;

export async function endLeftovers(dataDirectory: string): Promise<void> {
  for (let look = 0; look < looksMax; look++) {
    const sessions = await sessionProcessesOf(dataDirectory);
    const left = [...(await gatewaysOf(dataDirectory)), ...sessions.map(({ pid }) => pid)];
    if (left.length === 0) return;
    for (const pid of left) sendSignal(pid, 'SIGKILL');
    await sleep(lookEveryMs);
  }
}
