import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchDirectory } from '../../../git/scratch-repository.fixture.ts';
import type { ListedEntry } from './list-entries.ts';
import { entriesToDrop, pruneJob } from './prune-job.ts';

const now = new Date('2026-11-01T00:00:00Z');
const hourMs = 3_600_000;
const ago = (hours: number) => new Date(now.getTime() - hours * hourMs);
const entry = (path: string, hours: number, bytes: number, isWhole = true): ListedEntry => ({
  path,
  bytes,
  isWhole,
  usedAt: ago(hours),
});
const namesOf = (entries: readonly ListedEntry[]) => entries.map(({ path }) => path);

test('the least recently used ones go until the rest fits, and never one that is in use', () => {
  const all = [entry('new', 1, 60), entry('old', 30, 60), entry('older', 50, 60), entry('busy', 0.1, 60)];
  const limits = { bytesMax: 130, keptMs: 100 * hourMs };
  expect(namesOf(entriesToDrop(all, limits, now))).toEqual(['older', 'old']);
  expect(namesOf(entriesToDrop(all, { ...limits, bytesMax: 0 }, now))).toEqual(['older', 'old', 'new']);
});

test('what nobody has used for long goes, however small, and so does what a killed process left', () => {
  const all = [
    entry('a', 101, 1),
    entry('b', 99, 1),
    entry('half', 49, 0, false),
    entry('seen', 47, 0, false),
    entry('making', 1, 0, false),
  ];
  const limits = { bytesMax: 1_000, keptMs: 100 * hourMs };
  expect(namesOf(entriesToDrop(all, limits, now))).toEqual(['half', 'a']);
});

test('the job removes an entry from the disk, and leaves the others', async () => {
  const dataDirectory = scratchDirectory();
  const folder = join(dataDirectory, 'prepared', 'project');
  const tree = { files: 1, bytes: 1, placed: [] };
  const mark = { tops: [], stores: [], files: tree, home: tree, worktreePath: '/a', homePath: '/b' };
  for (const [name, hours] of [
    ['one', 2_000],
    ['two', 1],
  ] as const) {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, 'mark.json'), JSON.stringify(mark));
    utimesSync(join(folder, name, 'mark.json'), ago(hours), ago(hours));
  }
  const settings = { host: 'here', dataDirectory, preparedGbMax: 1, preparedKeptMs: 1_000 * hourMs };
  await pruneJob({ clock: { now: () => now } as never, settings }).run(new AbortController().signal);
  expect(readdirSync(folder)).toEqual(['two']);
  expect(existsSync(join(folder, 'two/mark.json'))).toBe(true);
});

test('fear: an entry that a work order takes between the look and the removal is removed', async () => {
  const dataDirectory = scratchDirectory();
  const folder = join(dataDirectory, 'prepared', 'project');
  const tree = { files: 1, bytes: 1, placed: [] };
  const mark = { tops: [], stores: [], files: tree, home: tree, worktreePath: '/a', homePath: '/b' };
  mkdirSync(join(folder, 'one'), { recursive: true });
  const path = join(folder, 'one/mark.json');
  writeFileSync(path, JSON.stringify(mark));
  utimesSync(path, ago(2_000), ago(2_000));
  let looks = 0;
  const clock = {
    now: () => {
      looks += 1;
      // The second look is the one after the entries were listed.
      if (looks === 2) utimesSync(path, now, now);
      return now;
    },
  };
  const settings = { host: 'here', dataDirectory, preparedGbMax: 1, preparedKeptMs: 1_000 * hourMs };
  await pruneJob({ clock: clock as never, settings }).run(new AbortController().signal);
  expect(looks).toBe(2);
  expect(readdirSync(folder)).toEqual(['one']);
});
