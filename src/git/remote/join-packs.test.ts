import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { gitServer } from '../git-server.fixture.ts';
import { runQuickly } from '../quick-start.fixture.ts';
import { gitIn, scratchDirectory } from '../scratch-repository.fixture.ts';
import { syncMirror } from './mirror.ts';

const mirrorPath = () => join(scratchDirectory(), 'mirrors', 'p.git');

test('R-PROJ-1: many small packs are joined without losing an object, not even an unreachable one', async () => {
  const server = await gitServer();
  const mirror = { path: mirrorPath(), address: server.url };
  const { sha } = await syncMirror(mirror);
  const folder = join(mirror.path, 'objects/pack');
  const ids = Array.from({ length: 60 }, (_, index) => {
    const id = gitIn(mirror.path, 'commit-tree', `${sha}^{tree}`, '-m', `${index}`);
    const given = { cwd: mirror.path, input: `${id}\n` };
    runQuickly('git', ['pack-objects', '--quiet', join(folder, 'pack')], given);
    return id;
  });
  const packs = () => readdirSync(folder).filter((name) => name.endsWith('.pack')).length;
  expect(packs()).toBe(60);
  const planted = join(mirror.path, 'objects/ab', 'c'.repeat(38));
  mkdirSync(dirname(planted), { recursive: true });
  writeFileSync(planted, 'not an object');
  await syncMirror(mirror);
  expect(packs()).toBe(1);
  expect(existsSync(planted)).toBe(true);
  rmSync(planted);
  const loose = (id: string) => join(mirror.path, 'objects', id.slice(0, 2), id.slice(2));
  expect(ids.filter((id) => existsSync(loose(id)))).toEqual([]);
  for (const id of ids) gitIn(mirror.path, 'cat-file', '-e', id);
  gitIn(mirror.path, 'fsck', '--connectivity-only');
});
