import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../src/stdx/files/own-files.ts';
import { processesBelow } from './find-processes.ts';
import type { Round, Stage } from './scenario.ts';
import { cpuPressure } from './scenarios/cpu-pressure.ts';

const busyBelow = async (pid: number | undefined) =>
  (await processesBelow([pid ?? 0])).filter(({ command }) => command.includes('isAlone'));

test('R-CHA-1: fear: a chaos run that is killed leaves programs behind that keep every processor busy', async () => {
  const scenario = join(packageRoot, 'chaos/scenarios/cpu-pressure.ts');
  const text = `const { cpuPressure } = await import(${JSON.stringify(scenario)});
    await cpuPressure.inject({ signal: new AbortController().signal }); console.log('presses');`;
  const run = spawn(process.execPath, ['--input-type=module', '-e', text], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(run.stdout, 'data');
  const busy = (await processesBelow([run.pid ?? 0])).filter(({ pid }) => pid !== run.pid);
  expect(busy).not.toEqual([]);
  run.kill('SIGKILL');
  try {
    await expect.poll(() => processesBelow(busy.map(({ pid }) => pid))).toEqual([]);
  } finally {
    for (const { pid } of await processesBelow(busy.map((one) => one.pid))) process.kill(pid, 'SIGKILL');
  }
});

test('programs that press end with the fault', async () => {
  const end = await cpuPressure.inject({ signal: new AbortController().signal } as Stage, {} as Round);
  expect(await busyBelow(process.pid)).not.toEqual([]);
  await end();
  await expect.poll(() => busyBelow(process.pid)).toEqual([]);
});
