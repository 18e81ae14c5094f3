import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { mooseProgram } from '../../../test/moose-program.ts';

test('an invalid port is a usage error, and nothing is started', () => {
  for (const port of ['x', '70000']) {
    const { status, stderr } = spawnSync(process.execPath, [mooseProgram, 'up', '--port', port], {
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([2, expect.stringContaining('whole number up to 65535')]);
  }
});
