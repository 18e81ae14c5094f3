import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { mooseProcesses } from './moose-processes.ts';

/** Processes whose program ends by itself when it starts for the first time, and says this. */
async function endingOnce(said: string, end = 'process.exitCode = 1') {
  const root = await mkdtemp(join(tmpdir(), 'moose-processes-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const program = join(root, 'program.mjs');
  await writeFile(
    program,
    `import { appendFileSync, readFileSync } from 'node:fs';
    appendFileSync(${JSON.stringify(join(root, 'starts'))}, '.');
    console.log('{"name":"worker.started"}');
    if (readFileSync(${JSON.stringify(join(root, 'starts'))}, 'utf8') === '.') {
      console.error(${JSON.stringify(said)});
      ${end};
    } else setInterval(() => undefined, 1_000);`,
  );
  const processes = mooseProcesses({
    program,
    dataDirectory: join(root, 'data'),
    environment: { PATH: process.env.PATH ?? '' },
    clocks: { environmentOf: () => ({}) },
    signal: new AbortController().signal,
    second: null,
  });
  onTestFinished(processes.close);
  const starts = async () => (await readFile(join(root, 'starts'), 'utf8')).length;
  return { processes, starts };
}

test.each([
  ['{"code":"DATABASE_UNREACHABLE"}', 0],
  ['TypeError: of somebody', 1],
])(
  'R-CHA-1: fear: work waits for ever, because nobody starts a Moose again that ended with %s',
  async (said, findings) => {
    const { processes, starts } = await endingOnce(said);
    await processes.start('worker');
    await expect.poll(starts).toBe(2);
    expect(processes.living().map(({ role }) => role)).toEqual(['worker']);
    expect(processes.diedAlone()).toHaveLength(findings);
  },
);

test.each([
  ['throw new TypeError("of nobody")'],
  ['process.kill(process.pid, "SIGKILL"); setInterval(() => undefined, 1_000)'],
])('R-CHA-1: fear: an earlier error in its log hides how a Moose has ended: %s', async (end) => {
  const { processes, starts } = await endingOnce('{"code":"DATABASE_UNREACHABLE"}', end);
  await processes.start('worker');
  await expect.poll(starts).toBe(2);
  expect(processes.diedAlone()).toHaveLength(1);
});

test('R-CHA-1: fear: a Moose that a fault has killed comes back before the fault ends', async () => {
  const { processes, starts } = await endingOnce('{"code":"DATABASE_UNREACHABLE"}');
  await processes.start('worker');
  await expect.poll(starts).toBe(2);
  for (const one of processes.living()) await processes.kill(one);
  expect(processes.of('worker')).toBe(null);
  await processes.startMissing();
  expect(processes.living().map(({ role }) => role)).toEqual(['server', 'worker']);
  expect(processes.diedAlone()).toEqual([]);
});
