import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import type { Database } from '../../store/database.ts';
import { openDegradations } from '../../store/failures/degradations.ts';
import { measurePressure } from './measure-pressure.ts';
import { defaultPressureThresholds, type PressureReading } from './pressure.ts';
import { createPressure, type PressureDeps } from './pressure-gauge.ts';

// Stopping takes 50 ms on an idle machine; without the abort, the wait would take a minute.
const stopMsMax = 1_000;

const run = promisify(execFile);
const room: PressureReading = {
  diskFreeBytes: 2 ** 40,
  diskFreeShare: 0.5,
  filesFree: 10_000_000,
  filesFreeShare: 0.5,
  memoryFreeShare: 0.5,
  loadPerCore: 0,
  eventLoopLagMs: 0,
  databaseWaiting: 0,
};

async function scratch(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'moose-pressure-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

function gauge(database: Database, given: Partial<PressureDeps> = {}) {
  const pressure = createPressure({
    database,
    logger: pino({ level: 'silent' }),
    host: 'here',
    dataDirectory: '/',
    executorId: 'e1',
    databaseWaiting: () => 0,
    ...given,
  });
  onTestFinished(() => pressure.close());
  return pressure;
}

const features = async (database: Database) =>
  (await openDegradations(database.query)).map(({ feature }) => feature).sort();
const without = ['forecasts', 'reviewer', 'summaries'];

/** A separate disk of 16 MiB; the test is skipped if it may not mount one. */
async function smallDisk(): Promise<string | null> {
  const directory = await scratch();
  const isMounted = await run('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', directory]).then(
    () => true,
    () => false,
  );
  if (isMounted) onTestFinished(async () => void (await run('umount', [directory])));
  return isMounted ? directory : null;
}

test('R-REC-4: a full disk stops new heavy work, which waits with a reason and continues by itself', async ({
  skip,
}) => {
  const dataDirectory = await smallDisk();
  if (dataDirectory === null) return skip();
  const database = await testDatabase();
  const onDisk = { high: 12 * 2 ** 20, critical: 2 ** 20 };
  const pressure = gauge(database, {
    dataDirectory,
    thresholds: {
      ...defaultPressureThresholds,
      diskFreeBytes: { ...defaultPressureThresholds.diskFreeBytes, ...onDisk },
      // The machine that runs this test may be as busy as it likes.
      memoryFreeShare: { ...defaultPressureThresholds.memoryFreeShare, high: -1, critical: -2 },
      loadPerCore: { ...defaultPressureThresholds.loadPerCore, high: 1e6, critical: 1e7 },
      eventLoopLagMs: { ...defaultPressureThresholds.eventLoopLagMs, high: 1e6, critical: 1e7 },
    },
  });
  expect(await pressure.refresh()).toMatchObject({ level: 'normal' });
  expect(await features(database)).toEqual([]);
  const filler = join(dataDirectory, 'filler');
  await writeFile(filler, Buffer.alloc(15.9 * 2 ** 20));
  expect(await pressure.refresh()).toMatchObject({
    level: 'critical',
    slotsShare: 0,
    because: expect.stringMatching(
      /^This machine is under pressure: only 0 MiB free on the disk of the data directory\.$/,
    ),
  });
  expect(pressure.allows('reviewer')).toBe(false);
  expect(await features(database)).toEqual([...without.slice(0, 1), 'new heavy work', ...without.slice(1)]);
  const said: string[] = [];
  let hasBegun = false;
  const begun = pressure
    .untilEased(new AbortController().signal, async (because) => void said.push(because))
    .then(() => {
      hasBegun = true;
    });
  await pressure.refresh();
  expect(hasBegun).toBe(false);
  expect(said).toEqual([pressure.current().because]);
  await rm(filler);
  for (let look = 0; look < 3; look++) await pressure.refresh();
  await begun;
  expect(pressure.current().level).toBe('normal');
  expect(pressure.allows('reviewer')).toBe(true);
  expect(await features(database)).toEqual([]);
});

test('R-REC-4: at the high level half of the slots are left, and every change is recorded and ends by itself', async () => {
  const database = await testDatabase();
  let reading: PressureReading = { ...room, memoryFreeShare: 0.1 };
  const pressure = gauge(database, { measure: async () => reading });
  await pressure.refresh();
  expect(pressure.current().level).toBe('normal');
  await pressure.refresh();
  expect(pressure.current()).toMatchObject({ level: 'high', slotsShare: 0.5 });
  expect(await features(database)).toEqual([
    'forecasts',
    'half of the slots for heavy work',
    'reviewer',
    'summaries',
  ]);
  await pressure.untilEased(AbortSignal.abort(new Error('not asked')), async () => expect.unreachable());
  reading = room;
  for (let look = 0; look < 3; look++) await pressure.refresh();
  expect(await features(database)).toEqual([]);
});

test('R-REC-4: a process that stops ends its own degradations, but not those of another process', async () => {
  const database = await testDatabase();
  const pressed = async () => ({ ...room, diskFreeBytes: 0, diskFreeShare: 0 });
  const one = gauge(database, { measure: pressed });
  const other = gauge(database, { measure: pressed, executorId: 'e2' });
  await one.refresh();
  await other.refresh();
  expect(await features(database)).toHaveLength(8);
  await one.close();
  const left = await openDegradations(database.query);
  expect(left.map(({ key }) => key).every((key) => key.startsWith('pressure:e2:'))).toBe(true);
  expect(left).toHaveLength(4);
});

test('a caller that waits for room stops within 50 ms of the abort', async () => {
  const database = await testDatabase();
  const pressure = gauge(database, {
    measure: async () => ({ ...room, diskFreeBytes: 0, diskFreeShare: 0 }),
  });
  await pressure.refresh();
  const stop = new AbortController();
  const told = Promise.withResolvers<void>();
  const waiting = pressure.untilEased(stop.signal, async () => told.resolve());
  await told.promise;
  const reason = new Error('enough');
  const atMs = performance.now();
  stop.abort(reason);
  await expect(waiting).rejects.toBe(reason);
  expect(performance.now() - atMs).toBeLessThan(stopMsMax);
});

test('R-REC-4: this machine is really measured: its disk, its memory, its cores, its timers', async () => {
  const directory = await scratch();
  const database = await testDatabase();
  const pressure = gauge(database, { dataDirectory: directory });
  const blockedUntilMs = performance.now() + 400;
  await new Promise((resolve) => setImmediate(resolve));
  while (performance.now() < blockedUntilMs);
  const reading = await measurePressure({
    dataDirectory: directory,
    eventLoopLagMs: () => 1,
    databaseWaiting: () => 2,
  });
  expect(reading).toMatchObject({ eventLoopLagMs: 1, databaseWaiting: 2 });
  const { stdout } = await run('df', ['-B1', '--output=avail', directory]);
  const available = Number(stdout.split('\n')[1]);
  expect(Math.abs((reading.diskFreeBytes ?? 0) - available)).toBeLessThan(512 * 2 ** 20);
  const memory = await readFile('/proc/meminfo', 'utf8');
  const of = (name: string) => Number(new RegExp(`^${name}: +(\\d+)`, 'm').exec(memory)?.[1]);
  expect(reading.memoryFreeShare).toBeLessThanOrEqual(of('MemAvailable') / of('MemTotal') + 0.05);
  expect(reading.memoryFreeShare).toBeGreaterThan(0);
  expect(reading.loadPerCore).toBeGreaterThanOrEqual(0);
  await pressure.refresh();
});

test.each([
  ['v2', '0::/moose/work', '', ['memory.max', 'memory.current', 'inactive_file'], 'max'],
  [
    'v1',
    '9:name=systemd:/x\n4:cpu,memory:/moose/work',
    'memory',
    ['memory.limit_in_bytes', 'memory.usage_in_bytes', 'total_inactive_file'],
    '9223372036854771712',
  ],
] as const)(
  "R-REC-4: a container's limit counts (cgroup %s), also that of a parent group, without memory that only caches files",
  async (_, ownText, below, [limit, used, reclaimable], none) => {
    const directory = await scratch();
    const ownGroups = join(directory, 'own');
    await writeFile(ownGroups, `${ownText}\n`);
    const write = async (group: string, max: string, current: number, inactive: number) => {
      const where = join(directory, 'groups', below, group);
      await mkdir(where, { recursive: true });
      await writeFile(join(where, limit), `${max}\n`);
      await writeFile(join(where, used), `${current}\n`);
      await writeFile(join(where, 'memory.stat'), `anon 1\n${reclaimable} ${inactive}\n`);
    };
    const source = {
      dataDirectory: '/',
      eventLoopLagMs: () => 0,
      databaseWaiting: () => 0,
      ownGroups,
      cgroupRoot: join(directory, 'groups'),
    };
    const share = async () => (await measurePressure(source)).memoryFreeShare ?? 0;
    await write('moose/work', none, 900, 0);
    expect(await share()).toBeGreaterThan(0.06);
    await write('moose/work', '1000', 990, 40);
    expect(await share()).toBeCloseTo(0.05, 5);
    await write('moose', '1000', 1_000, 10);
    expect(await share()).toBeCloseTo(0.01, 5);
  },
);
