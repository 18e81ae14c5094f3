import { spawn } from 'node:child_process';
import { expect, onTestFinished, test } from 'vitest';
import { watchStartOf } from './start-progress.ts';

function started(code: string): number | undefined {
  const child = spawn(process.execPath, ['-e', code], { stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child.pid;
}

const minute = 60_000;

test.runIf(process.platform === 'linux')(
  'R-GO-8: a start is waited for while it makes progress, and not without end',
  async () => {
    const busy = started('for (;;) Math.random()');
    const isOver = watchStartOf(busy, { stillMsMax: 2_000, startMsMax: minute });
    const endMs = performance.now() + 4_000;
    while (performance.now() < endMs) {
      expect(await isOver()).toBe(false);
      await new Promise(setImmediate);
    }
    await expect.poll(watchStartOf(busy, { stillMsMax: minute, startMsMax: 300 })).toBe(true);
  },
);

test('R-GO-8: a start that does nothing is given up', async () => {
  const still = started('setTimeout(() => undefined, 600_000)');
  await expect.poll(watchStartOf(still, { stillMsMax: 1_500, startMsMax: 10 * minute })).toBe(true);
  await expect.poll(watchStartOf(undefined, { stillMsMax: 100, startMsMax: minute })).toBe(true);
  await expect.poll(watchStartOf(2 ** 22 + 1, { stillMsMax: 100, startMsMax: minute })).toBe(true);
});
