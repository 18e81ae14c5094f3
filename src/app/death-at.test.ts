import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { RunId } from '../domain/ids.ts';
import { deathAt } from './death-at.ts';

const run = 'run' as RunId;

function recorded(dieAt: string | null) {
  const sent: string[] = [];
  const reached = deathAt(dieAt, (signal) => void sent.push(signal));
  return { sent, reach: (point: string) => reached(point, run) };
}

async function scratch(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'moose-death-'));
  onTestFinished(() => rm(path, { recursive: true }));
  return path;
}

test('a process that was told nothing passes every point', () => {
  const { sent, reach } = recorded(null);
  reach('push:acted');
  expect(sent).toEqual([]);
});

test('it dies at its point, the n-th time, and freezes if it is told so', () => {
  const third = recorded('push:acted#3');
  for (let n = 0; n < 5; n++) third.reach('push:acted');
  third.reach('push:intended');
  expect(third.sent).toEqual(['SIGKILL']);
  const frozen = recorded('push:acted@SIGSTOP');
  frozen.reach('push:acted');
  expect(frozen.sent).toEqual(['SIGSTOP']);
});

test('a file may name the point at any time; it counts once, for one process, and is gone when it was hit', async () => {
  const path = join(await scratch(), 'die-at');
  const [one, other] = [recorded(path), recorded(path)];
  one.reach('push:acted');
  expect(one.sent).toEqual([]);
  await writeFile(path, 'push:acted@SIGSTOP\n');
  one.reach('push:intended');
  expect(existsSync(path)).toBe(true);
  one.reach('push:acted');
  other.reach('push:acted');
  expect([one.sent, other.sent, existsSync(path)]).toEqual([['SIGSTOP'], [], false]);
});

test('a file that cannot be read is an error, not a process that lives on', async () => {
  const path = join(await scratch(), 'die-at');
  await mkdir(path);
  expect(() => recorded(path).reach('push:acted')).toThrow('EISDIR');
});
