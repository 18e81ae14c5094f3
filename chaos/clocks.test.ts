import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openClocks } from './clocks.ts';

const hourMs = 3_600_000;
const look = `import { statSync } from 'node:fs';
const [now, made] = [Date.now(), new Date()];
const same = made instanceof Date && statSync('.').mtime instanceof Date && new Date(0).getTime() === 0;
console.log(JSON.stringify([now, made.getTime(), same, Date().length > 10]));`;

async function seen(environment: Record<string, string>): Promise<[number, number, boolean, boolean]> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', look], {
    env: { ...process.env, ...environment },
  });
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += chunk;
  });
  await once(child, 'close');
  return JSON.parse(text);
}

test('R-CHA-1: the clock of a process is moved, and that is known; dates are otherwise what they were', async () => {
  const root = await mkdtemp(join(tmpdir(), 'moose clocks '));
  onTestFinished(() => rm(root, { recursive: true }));
  const clocks = await openClocks(root);
  await clocks.move('worker', hourMs);
  expect(await clocks.hasRead('worker')).toBe(false);
  const [now, made, same, isText] = await seen(clocks.environmentOf('worker'));
  expect(now - Date.now()).toBeGreaterThan(hourMs / 2);
  expect(made - Date.now()).toBeGreaterThan(hourMs / 2);
  expect([same, isText]).toEqual([true, true]);
  expect(await clocks.hasRead('worker')).toBe(true);
  const [other] = await seen(clocks.environmentOf('server'));
  expect(Math.abs(other - Date.now())).toBeLessThan(hourMs / 2);
  await clocks.move('worker', 0);
  expect(await clocks.hasRead('worker')).toBe(false);
  expect(Math.abs((await seen(clocks.environmentOf('worker')))[0] - Date.now())).toBeLessThan(hourMs / 2);
});

test('R-CHA-1: fear: on an overloaded machine Moose takes no work, and all of it counts as lost', async () => {
  const root = await mkdtemp(join(tmpdir(), 'moose-clocks-'));
  onTestFinished(() => rm(root, { recursive: true }));
  const clocks = await openClocks(root);
  const child = spawn(
    process.execPath,
    ['--input-type=module', '-e', `import { loadavg } from 'node:os'; console.log(...loadavg());`],
    { env: { ...process.env, ...clocks.environmentOf('worker') }, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += chunk;
  });
  await once(child, 'close');
  expect(text).toBe('0 0 0\n');
});
