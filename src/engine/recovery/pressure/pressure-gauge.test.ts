import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { testDatabase } from '../../../../test/database.ts';
import type { Database } from '../../../store/database.ts';
import { openDegradations } from '../../../store/failures/degradations.ts';
import { defaultSettings } from '../../policy/engine-settings.ts';
import { measurePressure } from './measure-pressure.ts';
import type { PressureReading } from './pressure.ts';
import { createPressure, type PressureDeps } from './pressure-gauge.ts';

// Stopping takes 50 ms on an idle machine; without the abort, the wait would take a minute.
const stopMsMax = 1_000;

const run = promisify(execFile);
const room: PressureReading = {
  diskFreeBytes: 2 ** 40,
  diskFreeShare: 0.5,
  filesFree: 10_000_000,
  filesFreeShare: 0.5,
  memoryFreeBytes: 2 ** 34,
  memoryFreeShare: 0.5,
  memoryStallShare: 0,
  cpuWaitShare: 0,
  loadPerCore: null,
  processesFree: null,
  processesFreeShare: null,
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
    thresholds: () => defaultSettings.pressure,
    hasReviewer: () => true,
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
    thresholds: () => ({
      ...defaultSettings.pressure,
      diskFreeBytes: onDisk,
      // The machine that runs this test may be as busy as it likes.
      memoryFreeShare: { high: -1, critical: -2 },
      memoryStallShare: { high: 2 },
      cpuWaitShare: { high: 2 },
      loadPerCore: { high: 1e6 },
      processesFreeShare: { high: -1 },
      eventLoopLagMs: { high: 1e6 },
    }),
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
  let reading: PressureReading = { ...room, memoryFreeBytes: 2 ** 30, memoryFreeShare: 0.1 };
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

test('R-REC-4: a level that lasts is recorded again only now and then, and a change of it at once', async () => {
  const database = await testDatabase();
  let reading: PressureReading = { ...room, diskFreeBytes: 0, diskFreeShare: 0 };
  const measure = async () => reading;
  const lapses = async () =>
    (await openDegradations(database.query)).map(({ lapsesAt }) => lapsesAt?.getTime() ?? 0);
  const seldom = gauge(database, { measure });
  await seldom.refresh();
  const first = await lapses();
  await seldom.refresh();
  expect(await lapses()).toEqual(first);
  const often = gauge(database, { measure, renewEveryMs: 0 });
  await often.refresh();
  await often.refresh();
  expect(Math.max(...(await lapses()))).toBeGreaterThan(Math.max(...first));
  reading = room;
  for (let look = 0; look < 3; look++) await seldom.refresh();
  expect(await features(database)).toEqual([]);
});

test('R-REC-4: a reviewer that nobody has set is not told as switched off', async () => {
  const database = await testDatabase();
  const pressure = gauge(database, {
    hasReviewer: () => false,
    measure: async () => ({ ...room, memoryFreeBytes: 2 ** 30, memoryFreeShare: 0.1 }),
  });
  await pressure.refresh();
  await pressure.refresh();
  expect(await features(database)).toEqual(['forecasts', 'half of the slots for heavy work', 'summaries']);
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
  expect(reading.cpuWaitShare ?? reading.loadPerCore).toBeGreaterThanOrEqual(0);
  await pressure.refresh();
});

const files = {
  v2: {
    own: '0::/moose/work',
    memory: '',
    limit: 'memory.max',
    used: 'memory.current',
    cache: 'active_file',
  },
  v1: {
    own: '9:name=systemd:/x\n5:pids:/moose/work\n4:cpu,memory:/moose/work',
    memory: 'memory',
    limit: 'memory.limit_in_bytes',
    used: 'memory.usage_in_bytes',
    cache: 'total_active_file',
  },
};

/** Files as the kernel shows control groups; and a source that reads them. */
async function groups(own: string) {
  const directory = await scratch();
  const ownGroups = join(directory, 'own');
  await writeFile(ownGroups, `${own}\n`);
  const cgroupRoot = join(directory, 'groups');
  const source = {
    dataDirectory: '/',
    eventLoopLagMs: () => 0,
    databaseWaiting: () => 0,
    ownGroups,
    cgroupRoot,
  };
  const write = async (group: string, name: string, text: string) => {
    await mkdir(join(cgroupRoot, group), { recursive: true });
    await writeFile(join(cgroupRoot, group, name), `${text}\n`);
  };
  return { write, measure: () => measurePressure(source) };
}

test.each(['v1', 'v2'] as const)(
  "R-REC-4: a container's limit counts (cgroup %s), also that of a parent group, without memory that only caches files",
  async (version) => {
    const { own, memory, limit, used, cache } = files[version];
    const { write, measure } = await groups(own);
    const group = async (path: string, max: string, current: number, cached: number) => {
      await write(join(memory, path), limit, max);
      await write(join(memory, path), used, `${current}`);
      await write(join(memory, path), 'memory.stat', `anon 1\n${cache} ${cached}\nin${cache} 0`);
    };
    await group('moose/work', version === 'v1' ? '9223372036854771712' : 'max', 900, 0);
    expect((await measure()).memoryFreeShare).toBeGreaterThan(0.06);
    await group('moose/work', '1000', 990, 40);
    expect(await measure()).toMatchObject({ memoryFreeBytes: 50, memoryFreeShare: 0.05 });
    await group('moose', '1000', 1_000, 10);
    expect(await measure()).toMatchObject({ memoryFreeBytes: 10, memoryFreeShare: 0.01 });
  },
);

test.each([
  ['v1', 'pids/moose'],
  ['v2', 'moose'],
] as const)(
  'R-GO-4: the limit of processes counts (cgroup %s), also that of a parent group',
  async (version, parent) => {
    const { write, measure } = await groups(files[version].own);
    await write(join(parent, 'work'), 'pids.max', 'max');
    await write(join(parent, 'work'), 'pids.current', '7');
    expect(await measure()).toMatchObject({ processesFree: null, processesFreeShare: null });
    await write(parent, 'pids.max', '100');
    await write(parent, 'pids.current', '95');
    expect(await measure()).toMatchObject({ processesFree: 5, processesFreeShare: 0.05 });
  },
);

test('R-GO-4: the stalls of the own control group count, and not the load of the machine around it', async () => {
  const { write, measure } = await groups(files.v2.own);
  expect(await measure()).toMatchObject({ cpuWaitShare: null, memoryStallShare: null });
  expect((await measure()).loadPerCore).toBeGreaterThanOrEqual(0);
  const some = 'some avg10=1.00 avg60=42.50 avg300=2.00 total=1';
  const full = 'full avg10=7.00 avg60=1.00 avg300=0.00 total=1';
  await write('moose/work', 'cpu.pressure', `${some}\n${full}`);
  await write('moose/work', 'memory.pressure', `${some}\n${full}`);
  expect(await measure()).toMatchObject({ cpuWaitShare: 0.425, memoryStallShare: 0.07, loadPerCore: null });
});

test('R-GO-4: what counts as scarce is a setting, which takes effect at the next measurement', async () => {
  const database = await testDatabase();
  let { pressure: thresholds } = defaultSettings;
  const pressure = gauge(database, {
    measure: async () => ({ ...room, cpuWaitShare: null, loadPerCore: 61 }),
    thresholds: () => thresholds,
  });
  for (let look = 0; look < 3; look++) await pressure.refresh();
  expect(pressure.current()).toMatchObject({ level: 'high', slotsShare: 0.5 });
  expect(pressure.report()?.because).toContain('a load of 61 processes per core');
  await pressure.untilEased(AbortSignal.abort(new Error('not asked')), async () => expect.unreachable());
  thresholds = { ...thresholds, loadPerCore: { high: 100 } };
  for (let look = 0; look < 3; look++) await pressure.refresh();
  expect(pressure.current()).toMatchObject({ level: 'normal', slotsShare: 1 });
});
