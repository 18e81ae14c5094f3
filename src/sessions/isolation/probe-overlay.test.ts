import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { waysOfIsolation } from './isolated-ground.fixture.ts';
import { findWay } from './isolation-way.ts';
import { probeIsolation } from './probe-isolation.ts';
import { probeOverlay, tryOverlay } from './probe-overlay.ts';

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

test.runIf(ways.some(({ isPossible }) => isPossible))(
  'what a killed probe left is removed by a later one, and a probe that runs is left alone',
  async () => {
    const way = findWay(ways.find(({ isPossible }) => isPossible)?.kind ?? 'user');
    if ('missing' in way) throw new Error(`${way.missing} is missing`);
    const folder = scratch();
    for (const name of ['.overlay-old', '.overlay-new', 'other'])
      mkdirSync(join(folder, name, 'lower'), { recursive: true });
    const long = new Date(Date.now() - 2 * 3_600_000);
    for (const name of ['.overlay-old', 'other']) utimesSync(join(folder, name), long, long);
    await tryOverlay(folder, way);
    expect(readdirSync(folder).sort()).toEqual(['.overlay-new', 'other']);
  },
);

const { level } = await probeIsolation();

test.runIf(level === 'files')('a probe that fails is asked again, and not remembered', async () => {
  const path = join(scratch(), 'data');
  writeFileSync(path, '');
  await expect(probeOverlay(path)).rejects.toMatchObject({ code: 'ENOTDIR' });
  rmSync(path);
  mkdirSync(path);
  expect(await probeOverlay(path)).toHaveProperty('isPossible');
  expect(probeOverlay(path)).toBe(probeOverlay(path));
});
