import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { waysOfIsolation } from './isolated-ground.fixture.ts';
import { findWay, type IsolationKind } from './isolation-way.ts';
import { probeIsolation } from './probe-isolation.ts';
import { isolationFailed, probePlace, tryPlace, whyNeverBegan } from './probe-place.ts';

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'moose-place-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

function tried(kind: IsolationKind, dataDirectory: string, granted: string[] = []) {
  const way = findWay(kind);
  if ('missing' in way) throw new Error(`${way.missing} is missing`);
  const grantedPaths = granted.map((path) => ({ path, sight: 'read' as const }));
  return tryPlace({ dataDirectory, grantedPaths }, way);
}

const isRoot = process.geteuid?.() === 0;

describe.each(await waysOfIsolation())('where data may be, $title (R-SEC-5)', ({ kind, isPossible }) => {
  const can = test.skipIf(!isPossible);

  can('an honest place is refused, or the trial leaves something there', async () => {
    const data = join(folder(), `it's "a" place\nwith ünusual letters`);
    mkdirSync(data);
    await expect(tried(kind, data)).resolves.toBeNull();
    expect(readdirSync(data)).toEqual([]);
  });

  can(
    'fear: a path that is too long for the root of a session is noticed when an agent was paid',
    async () => {
      const data = join(folder(), ...Array.from({ length: 9 }, () => 'x'.repeat(240)));
      mkdirSync(data, { recursive: true });
      await expect(tried(kind, data)).resolves.toMatchObject({
        reason: expect.stringMatching(/no session can begin: .+\.$/),
        advice: expect.stringContaining('MOOSE_DATA'),
      });
    },
  );

  test.skipIf(!isPossible || !isRoot)(
    'fear: no program of a project runs, because the disk of the data does not let programs run',
    async () => {
      const data = folder();
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'noexec', 'tmpfs', data]);
      try {
        await expect(tried(kind, data)).resolves.toMatchObject({
          reason: expect.stringContaining('does not let programs run'),
          advice: expect.stringContaining('`noexec`'),
        });
      } finally {
        execFileSync('umount', ['-l', data]);
      }
    },
  );

  can(
    'fear: a path that a person grants, and that cannot be shown, is noticed when an agent was paid',
    async () => {
      // In the process table of a session there is no such process to mount something on.
      const reason = expect.stringMatching(
        /no session can begin: the path \/.*\/status cannot be shown: No such file or directory\.$/,
      );
      await expect(tried(kind, folder(), [`/proc/${process.pid}/status`])).resolves.toMatchObject({ reason });
      await expect(tried(kind, folder(), ['/usr/share', '/none'])).resolves.toBeNull();
    },
  );

  can('a data directory that cannot be written, or is missing, is named', async () => {
    const data = folder();
    if (!isRoot) chmodSync(data, 0o555);
    const missing = isRoot ? join(data, 'missing') : data;
    await expect(tried(kind, missing)).resolves.toMatchObject({ reason: expect.stringContaining(missing) });
  });
});

test('what a session says that never began is its reason, and nothing else is', () => {
  const said =
    'moose: no isolation for this session: the path /a/b cannot be shown: Not a directory\nand more\n';
  expect(whyNeverBegan(44, said)).toBe('The path /a/b cannot be shown: Not a directory.');
  expect([
    whyNeverBegan(1, said),
    whyNeverBegan(44, `x\n${said}`),
    whyNeverBegan(44, ''),
    whyNeverBegan(null, said),
  ]).toEqual(Array(4).fill(null));
  expect(isolationFailed({ reason: 'So.' })).toMatchObject({
    code: 'ISOLATION_FAILED',
    category: 'configuration',
  });
});

test.skipIf((await probeIsolation()).level !== 'files')(
  'which of the two is to blame, the data or the paths, is said',
  async () => {
    const grantedPaths = [{ path: `/proc/${process.pid}/status`, sight: 'read' as const }];
    await expect(probePlace({ dataDirectory: folder(), grantedPaths })).resolves.toMatchObject({
      advice: expect.stringContaining('MOOSE_SANDBOX_PATHS'),
    });
    await expect(probePlace({ dataDirectory: folder(), grantedPaths: [] })).resolves.toBeNull();
  },
);
