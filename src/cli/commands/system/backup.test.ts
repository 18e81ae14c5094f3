import { expect, test } from 'vitest';
import { backupLines, sizeOf } from './backup.ts';
import { cleanupLines } from './cleanup.ts';
import { restoreLines } from './restore.ts';

const made = {
  path: '/srv/one.tar.gz',
  bytes: 3 * 1024 ** 2,
  made_at: '2026-01-02T03:04:05.000Z',
  moose_version: '1.0.0',
  host: 'alpha',
  work_orders: { all: 5, open: 2 },
  rows: 70,
  repositories: 1,
};

test('sizes are shown in the unit that tells something', () => {
  expect([0, 1, 20_856, 1024 ** 2, 5.55 * 1024 ** 2].map(sizeOf)).toEqual([
    ...['0 KiB', '1 KiB', '21 KiB', '1.0 MiB', '5.5 MiB'],
  ]);
});

test('R-DIST-5: a person reads what is in a backup and what is not, and whether it is whole', () => {
  expect(backupLines({ ...made, is_verified: false }).join('\n')).toMatch(
    /5 work orders \(2 open\).*\n.*secrets\.keys/,
  );
  expect(backupLines({ ...made, is_verified: true }).at(-1)).toMatch(/^Complete\. Made on alpha/);
});

test('R-DIST-5: after a restore, a person is warned of two Mooses from one copy', () => {
  const restored = {
    ...made,
    data: '/srv/moose',
    kept_aside: '/srv/moose.before',
    rows_only: false,
    ended_sessions: 1,
    taken_up: 2,
  };
  const lines = restoreLines(restored);
  expect(lines).toContain('The previous content is in /srv/moose.before.');
  expect(lines.some((line) => line.includes('both would do the same work'))).toBe(true);
  expect(restoreLines({ ...restored, kept_aside: null })).toHaveLength(lines.length - 1);
  const rows = restoreLines({ ...restored, rows_only: true });
  expect(rows.join('\n')).toMatch(/previous database is in .+older version of Moose now/s);
});

test('R-DIST-6: a plan says that nothing was deleted yet, and where its numbers are lower bounds', () => {
  const item = {
    kind: 'session files',
    place: 'this machine',
    why: 'Nobody needs them.',
    rule: 'settings.limits.finished_kept_ms',
    count: 3,
    bytes: 2048,
    is_at_least: true,
  } as const;
  const found = { host: 'alpha', before: '2026-01-02T03:04:05.000Z', is_done: false, items: [item] };
  expect(cleanupLines(found).join('\n')).toMatch(
    /^Due for deletion[\s\S]*alpha +3 +at least 2 KiB +settings\.limits\.finished_kept_ms/,
  );
  expect(cleanupLines({ ...found, is_done: true })[0]).toMatch(/^Deleted/);
});
