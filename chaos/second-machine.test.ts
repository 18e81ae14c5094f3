import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openSecondMachine } from './second-machine.ts';

test('R-CHA-1: where no process may get a host name of its own, --machines is refused with advice', async () => {
  const root = await mkdtemp(join(tmpdir(), 'moose-second-'));
  const path = process.env.PATH;
  onTestFinished(async () => {
    process.env.PATH = path;
    await rm(root, { recursive: true, force: true });
  });
  // There is no such program in this folder.
  process.env.PATH = root;
  await expect(openSecondMachine(root, 'postgres://127.0.0.1:1/none', {})).rejects.toMatchObject({
    code: 'CHAOS_MACHINE_REFUSED',
    advice: expect.stringContaining('--machines 2'),
  });
});
