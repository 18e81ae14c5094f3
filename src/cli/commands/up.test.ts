import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const mainPath = fileURLToPath(new URL('../../main.ts', import.meta.url));

test('an invalid port is a usage error, and nothing is started', () => {
  for (const port of ['x', '70000']) {
    const { status, stderr } = spawnSync(process.execPath, [mainPath, 'up', '--port', port], {
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([2, expect.stringContaining('whole number up to 65535')]);
  }
});
