import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { waysOfIsolation } from './isolated-ground.fixture.ts';
import { findWay } from './isolation-way.ts';
import { tryOverlay } from './probe-overlay.ts';

const ways = await waysOfIsolation();

function scratch(name = 'moose-overlay-'): string {
  const path = mkdtempSync(join(tmpdir(), name));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

for (const { kind, title, isPossible } of ways)
  test.runIf(isPossible)(
    `${title}: the probe says whether it can be, and leaves nothing behind`,
    async () => {
      const way = findWay(kind);
      if ('missing' in way) throw new Error(`${way.missing} is missing`);
      const folder = scratch();
      const { isPossible: can, reason } = await tryOverlay(folder, way);
      expect(can).toBe(reason === null);
      expect(readdirSync(folder)).toEqual([]);
    },
  );

test.runIf(ways.some(({ isPossible }) => isPossible))(
  'a data directory with a comma in its name would end an option of the mount: it is not tried',
  async () => {
    const way = findWay(ways.find(({ isPossible }) => isPossible)?.kind ?? 'user');
    if ('missing' in way) throw new Error(`${way.missing} is missing`);
    expect(await tryOverlay(scratch('moose,upperdir=x-'), way)).toMatchObject({ isPossible: false });
    expect(await tryOverlay(join(scratch(), 'missing'), way)).toMatchObject({ isPossible: false });
  },
);
