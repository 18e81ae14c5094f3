// Programs that press on the machine. They end with the chaos run, however it ends.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Instance } from './instance.ts';
import { type End, NoTarget } from './scenario.ts';

const beginsWithinMs = 15_000;

/**
 * `program`: JavaScript that calls `begun()` once it causes pressure, and ends when `isAlone()`.
 * @throws NoTarget if none has begun in time
 */
export async function press(
  { signal }: Pick<Instance, 'signal'>,
  { count, program }: { count: number; program: string },
): Promise<End> {
  const all = Array.from({ length: count }, () => start(program));
  const end: End = async () => {
    for (const one of all) one.kill('SIGKILL');
  };
  const limit = AbortSignal.any([signal, AbortSignal.timeout(beginsWithinMs)]);
  const begun = await Promise.all(
    all.map(({ stdout }) =>
      once(stdout, 'data', { signal: limit }).then(
        () => true,
        () => false,
      ),
    ),
  );
  if (begun.includes(true) && !signal.aborted) return end;
  await end();
  signal.throwIfAborted();
  throw new NoTarget('No program came to press on the machine.');
}

function start(program: string) {
  const text = `const begun = () => require('node:fs').writeSync(1, '.');
    const isAlone = () => process.ppid !== ${process.pid};
    ${program}`;
  const one = spawn(process.execPath, ['-e', text], { stdio: ['ignore', 'pipe', 'ignore'] });
  // One that cannot start does not begin.
  one.on('error', () => one.stdout.destroy());
  return one;
}
