// Waits until a Moose process has reached a point of a run and was hit there.
import { sleep } from '../src/stdx/async/sleep.ts';
import type { Instance } from './instance.ts';
import { NoTarget } from './scenario.ts';

const waitMsMax = 15_000;
const lookEveryMs = 20;

/** @throws NoTarget if no run reaches the point in time */
export async function nextPoint(
  { processes, signal }: Pick<Instance, 'processes' | 'signal'>,
  point: string,
  kind: 'SIGKILL' | 'SIGSTOP',
  withinMs = waitMsMax,
): Promise<void> {
  const living = processes.living();
  const armed = await processes.arm(point, kind);
  const until = performance.now() + withinMs;
  let hasHit = false;
  try {
    while (!armed.hasHit() && performance.now() < until) await sleep(lookEveryMs, signal);
  } finally {
    hasHit = await armed.disarm();
  }
  // The file disappears a moment before the process does.
  if (hasHit && kind === 'SIGKILL') await Promise.race(living.map(({ gone }) => gone));
  if (!hasHit) throw new NoTarget(`No run came to ${point}.`);
}
