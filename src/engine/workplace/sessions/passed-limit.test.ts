// Sessions that pass their limits, in the steps that run them. Without control groups, they are skipped.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import type { Check } from '../../../domain/work-order/check.ts';
import { probeLimits } from '../../../sessions/limits/probe-limits.ts';
import { newestStepResult } from '../../../store/work/runs/runs.ts';
import { sessionsOf } from '../../../store/work/sessions/session-rows.ts';
import { atStep, type Given, type Ground } from '../../pipeline/scratch-pipeline.fixture.ts';
import { verifying } from '../../pipeline/verifying/verifying.ts';
import { limitFailure } from './passed-limit.ts';
import { limitsOf } from './session-limits.ts';

const shared = sharedDatabase();
const { roots, reason } = await probeLimits();
const limited = test.skipIf(roots === null);
if (roots === null) process.stderr.write(`without control groups: ${reason}\n`);

const mib = 1024 ** 2;

/** The check takes this much only with the change: the base says nothing about it. */
const eats = (count: number) =>
  `test ! -f made.txt || python3 -c 'held = [bytearray(1 << 20) for _ in range(${count})]'`;

async function ground(command: string, given: Given = {}): Promise<Ground> {
  const at = await atStep(shared(), 'verifying', given);
  const check: Check = { kind: 'test', command, source: 'given' };
  at.work.project.settings.checks = [check];
  return at;
}

const thrownBy = async ({ work }: Ground): Promise<unknown> =>
  verifying(work).catch((cause: unknown) => cause);

async function sessionOf({ work }: Ground) {
  const sessions = await work.database.run((query) => sessionsOf(query, work.order.id));
  return sessions.findLast(({ purpose }) => purpose === 'check');
}

limited(
  'R-MACHINE-1: a check that passes its memory is named, with its limit and peak, and charges no cycle',
  async () => {
    const at = await ground(eats(256), { settings: { sessionMemoryMb: 128 } });
    expect(await thrownBy(at)).toMatchObject({
      code: 'SESSION_OUT_OF_MEMORY',
      category: 'configuration',
      message: expect.stringMatching(/12\d MiB of 128 MiB/),
      advice: expect.stringContaining('settings.limits.session_memory_mb'),
      metadata: { limits: { memoryBytes: 128 * mib }, used: { memoryKills: expect.any(Number) } },
    });
    expect(await sessionOf(at)).toMatchObject({
      endReason: 'out_of_memory',
      limits: { memoryBytes: 128 * mib },
      used: { memoryPeakBytes: expect.any(Number), cpuMs: expect.any(Number) },
    });
    const kept = await newestStepResult(at.work.database.query, at.work.order.id, 'verifying');
    expect(kept).toMatchObject({ isUnfinished: true, checks: [{ stoppedBecause: 'out_of_memory' }] });
  },
);

limited(
  'R-MACHINE-1: within its limits a check passes, what it used is recorded, and its groups are gone',
  async () => {
    const at = await ground(eats(32), { settings: { sessionMemoryMb: 128 } });
    expect(await verifying(at.work)).toMatchObject({ end: 'done' });
    const session = await sessionOf(at);
    expect(session?.used?.memoryPeakBytes).toBeGreaterThan(32 * mib);
    expect(session?.limits?.level).toMatch(/^cgroup[12]$/);
    expect(readdirSync(session?.directory ?? '')).not.toContain('groups');
  },
);

limited(
  'R-MACHINE-1: a session sees its control groups and cannot change or leave them',
  async ({ skip }) => {
    const look = [
      'for group in $(find /sys/fs/cgroup -maxdepth 7 -name "moose-*" 2>/dev/null); do',
      'for file in $group/*/pids.max $group/*/memory.limit_in_bytes $group/*/memory.max; do',
      '[ ! -e "$file" ] || ! echo 100000 2>/dev/null >"$file" || { echo "raised $file"; exit 9; }; done; done;',
      'for file in /sys/fs/cgroup/cgroup.procs /sys/fs/cgroup/memory/cgroup.procs /sys/fs/cgroup/pids/cgroup.procs /sys/fs/cgroup/cpu*/cgroup.procs; do',
      '[ ! -e "$file" ] || ! echo 0 2>/dev/null >"$file" || { echo "left by $file"; exit 9; }; done;',
      'grep -q moose- /proc/self/cgroup',
    ].join(' ');
    const at = await ground(look, { settings: { isolation: 'auto' } });
    const end = await verifying(at.work);
    const session = await sessionOf(at);
    if (session === undefined || session.isolation === 'none') return skip('sessions are not isolated here');
    expect(readFileSync(join(session.directory, 'stdout.log'), 'utf8')).toBe('');
    expect(end).toMatchObject({ end: 'done', facts: [expect.any(String)] });
  },
);

test('a session that was ended below its own limit is not told to raise it', () => {
  const passed = {
    reason: 'out_of_memory',
    what: 'test check "x"',
    step: 'verifying',
    metadata: {},
    limits: { level: 'cgroup2', memoryBytes: 1_000 * mib, processes: 100, cpus: null, hasWeight: true },
    used: { memoryPeakBytes: 400 * mib, processesPeak: 3, cpuMs: 1, memoryKills: 1, processesRefused: 0 },
  } as const;
  const work = { order: { id: 'x' } } as unknown as Parameters<typeof limitFailure>[0];
  expect(limitFailure(work, passed)).toMatchObject({
    code: 'OUT_OF_MEMORY',
    category: 'transient',
    message: expect.stringContaining('400 MiB of 1,000 MiB'),
  });
  expect(limitFailure(work, { ...passed, reason: 'process_limit' })).toMatchObject({
    code: 'SESSION_OUT_OF_PROCESSES',
    message: expect.stringContaining('(100)'),
  });
  expect(limitFailure(work, { ...passed, reason: 'timeout' })).toBe(null);
  expect(limitFailure(work, { ...passed, reason: null })).toBe(null);
});

test('a setting never gives one session more than all may have', () => {
  const asked = {
    sessionMemoryMb: 100_000_000,
    sessionProcessesMax: 60,
    sessionCpusMax: 0,
    machineSlotsMax: 8,
  };
  const limits = limitsOf(asked);
  expect(limits.memoryBytes).toBe(limits.memoryBytesOfAll);
  expect(limits).toMatchObject({ processes: 60, cpus: null });
  expect(limitsOf({ ...asked, sessionMemoryMb: 0, sessionCpusMax: 2 })).toMatchObject({ cpus: 2 });
});
