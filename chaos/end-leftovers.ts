// Ends the processes that Moose leaves running for its successor, because a chaos run has none.
import { sleep } from '../src/stdx/async/sleep.ts';
import { gatewaysOf, sessionProcessesOf } from './find-processes.ts';
import { sendSignal } from './moose-processes.ts';

const looksMax = 100;
const lookEveryMs = 100;

export async function endLeftovers(root: string): Promise<void> {
  for (let look = 0; look < looksMax; look++) {
    const sessions = await sessionProcessesOf(root);
    const left = [...(await gatewaysOf(root)), ...sessions.map(({ pid }) => pid)];
    if (left.length === 0) return;
    for (const pid of left) sendSignal(pid, 'SIGKILL');
    await sleep(lookEveryMs);
  }
}
