import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { machineIdOf } from './machine-id.ts';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'moose-machine-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

test('R-SES-1: each data directory has an ID that stays, and all processes read the same one', async () => {
  const path = folder();
  const ids = new Set(await Promise.all(Array.from({ length: 20 }, () => machineIdOf(path))));
  ids.add(await machineIdOf(path));
  expect(ids.size).toBe(1);
  expect(readdirSync(path)).toEqual(['machine-id']);
  expect(await machineIdOf(join(folder(), 'new', 'data'))).not.toBe([...ids][0]);
});

test('a file that is damaged, or that cannot be made, is refused with advice', async () => {
  const path = folder();
  writeFileSync(join(path, 'machine-id'), 'nothing\n');
  const refused = { code: 'MACHINE_ID_UNREADABLE', advice: expect.stringContaining('delete it') };
  await expect(machineIdOf(path)).rejects.toMatchObject(refused);
  await expect(machineIdOf(join(path, 'machine-id'))).rejects.toMatchObject(refused);
});
