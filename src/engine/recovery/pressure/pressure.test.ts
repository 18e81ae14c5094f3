import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pressureLevels } from '../../../domain/machine/pressure.ts';
import { defaultSettings } from '../../policy/engine-settings.ts';
import {
  calm,
  leaveLooks,
  nextPressure,
  type PressureReading,
  type PressureSignal,
  type PressureThreshold,
  reportPressure,
  signalKinds,
  slotsUnder,
  viewPressure,
} from './pressure.ts';

const { pressure: thresholds } = defaultSettings;
const gibibyte = 2 ** 30;
const roomy: PressureReading = {
  diskFreeBytes: 100 * gibibyte,
  diskFreeShare: 0.5,
  filesFree: 10_000_000,
  filesFreeShare: 0.5,
  memoryFreeBytes: 8 * gibibyte,
  memoryFreeShare: 0.6,
  memoryStallShare: 0,
  cpuWaitShare: 0.2,
  loadPerCore: 1,
  processesFree: 30_000,
  processesFreeShare: 0.9,
  eventLoopLagMs: 3,
  databaseWaiting: 0,
};
const nothing: PressureReading = {
  diskFreeBytes: null,
  diskFreeShare: null,
  filesFree: null,
  filesFreeShare: null,
  memoryFreeBytes: null,
  memoryFreeShare: null,
  memoryStallShare: null,
  cpuWaitShare: null,
  loadPerCore: null,
  processesFree: null,
  processesFreeShare: null,
  eventLoopLagMs: null,
  databaseWaiting: null,
};

function after(readings: readonly PressureReading[], from = calm) {
  return readings.reduce((state, reading) => nextPressure(state, reading, thresholds), from);
}

const times = (count: number, reading: PressureReading) => Array.from({ length: count }, () => reading);
const viewAfter = (readings: readonly PressureReading[]) =>
  viewPressure(after(readings), readings.at(-1) ?? roomy);

const amount = (max: number) => fc.option(fc.double({ min: 0, max, noNaN: true }), { nil: null });
const anyReading: fc.Arbitrary<PressureReading> = fc.record({
  diskFreeBytes: amount(20 * gibibyte),
  diskFreeShare: amount(1),
  filesFree: amount(1_000_000),
  filesFreeShare: amount(1),
  memoryFreeBytes: amount(4 * gibibyte),
  memoryFreeShare: amount(1),
  memoryStallShare: amount(1),
  cpuWaitShare: amount(1),
  processesFree: amount(1_000),
  processesFreeShare: amount(1),
  loadPerCore: amount(40),
  eventLoopLagMs: amount(5_000),
  databaseWaiting: amount(200),
});
const history = fc.array(anyReading, { minLength: 1, maxLength: 60 });
const rank = (level: (typeof pressureLevels)[number]) => pressureLevels.indexOf(level);
const signals = Object.keys(signalKinds) as PressureSignal[];

test.each<[string, Partial<PressureReading>, string, RegExp]>([
  [
    'a full disk',
    { diskFreeBytes: 0.5 * gibibyte, diskFreeShare: 0.01 },
    'critical',
    /only 512 MiB free on the disk/,
  ],
  [
    'a disk with space, but no room for more files',
    { filesFree: 900, filesFreeShare: 0.01 },
    'critical',
    /room for only 900 more files \(inodes\)/,
  ],
  ['a disk that fills', { diskFreeBytes: 3 * gibibyte, diskFreeShare: 0.08 }, 'high', /only 3\.0 GiB free/],
  [
    'no memory',
    { memoryFreeBytes: 0.25 * gibibyte, memoryFreeShare: 0.02 },
    'critical',
    /only 256 MiB of memory free/,
  ],
  [
    'memory that is fought for',
    { memoryStallShare: 0.4 },
    'high',
    /40 % of the time spent waiting for memory/,
  ],
  ['a queue for the cores', { loadPerCore: 9 }, 'high', /a load of 9\.0 processes per core/],
  ['cores that others use', { cpuWaitShare: 1 }, 'high', /100 % of the time spent waiting for a processor/],
  [
    'no more processes',
    { processesFree: 3, processesFreeShare: 0.01 },
    'high',
    /room for only 3 more processes/,
  ],
  ['a process that is late', { eventLoopLagMs: 3_000 }, 'high', /an event loop lag of 3000 ms/],
  ['a queue for the database', { databaseWaiting: 20 }, 'high', /20 queries waiting for the database/],
])('R-REC-4: %s is detected, with its reason', (_, pressed, level, because) => {
  const view = viewAfter(times(3, { ...roomy, ...pressed }));
  expect(view.level).toBe(level);
  expect(view.because).toMatch(because);
  expect(view.because).toMatch(/^This machine is under pressure: .*\.$/);
});

test('R-REC-4: a large disk with plenty of space, or a small one that is mostly free, causes no pressure', () => {
  expect(viewAfter(times(9, { ...roomy, diskFreeBytes: 200 * gibibyte, diskFreeShare: 0.02 })).level).toBe(
    'normal',
  );
  expect(viewAfter(times(9, { ...roomy, diskFreeBytes: 0.5 * gibibyte, diskFreeShare: 0.6 })).level).toBe(
    'normal',
  );
});

test('R-REC-4: a single delay causes no pressure, and a machine at a threshold does not flap', () => {
  const late = { ...roomy, eventLoopLagMs: 9_000 };
  expect(viewAfter([roomy, late, late, roomy, late, late, roomy]).level).toBe('normal');
  const { high } = thresholds.memoryFreeShare;
  // Far enough beyond the threshold to leave the level, if there were no slack.
  const edge = [0.99, 1.05, 1.05, 1.05, 1.05, 1.05].map((share) => high * share);
  let state = after(times(3, { ...roomy, memoryFreeShare: high * 0.99 }));
  const levels = Array.from({ length: 50 }, (__, look) => {
    state = nextPressure(state, { ...roomy, memoryFreeShare: edge[look % edge.length] ?? high }, thresholds);
    return state.memoryFreeShare.level;
  });
  expect(new Set(levels)).toEqual(new Set(['high']));
});

test('R-REC-4: property: from any state, enough room ends the pressure, and what cannot be measured causes none', () => {
  fc.assert(
    fc.property(history, fc.constantFrom(roomy, nothing), (before, relief) => {
      const eased = after(times(2 * leaveLooks, relief), after(before));
      const view = viewPressure(eased, relief);
      expect(view).toEqual({ level: 'normal', because: '', slotsShare: 1 });
    }),
    { numRuns: 300 },
  );
});

test('R-REC-4: property: a level is entered only if the newest measurements all indicate it or a worse one', () => {
  fc.assert(
    fc.property(history, (readings) => {
      let state = calm;
      for (const [index, reading] of readings.entries()) {
        const next = nextPressure(state, reading, thresholds);
        for (const signal of signals) {
          const { level } = next[signal];
          if (rank(level) <= rank(state[signal].level)) continue;
          const { scarceWhen, enterLooks, slack } = signalKinds[signal];
          const limit = (thresholds[signal] as PressureThreshold)[level as 'high' | 'critical'] ?? Number.NaN;
          const newest = readings.slice(Math.max(0, index + 1 - enterLooks), index + 1);
          expect(newest).toHaveLength(enterLooks);
          for (const one of newest) {
            const value = one[signal];
            // For a level that already applies, the slack is included.
            if (scarceWhen === 'small') expect(value ?? Number.NaN).toBeLessThan(limit * (1 + slack));
            else expect(value ?? Number.NaN).toBeGreaterThan(limit * (1 - slack));
          }
        }
        state = next;
      }
    }),
    { numRuns: 300 },
  );
});

test('R-REC-4: property: worse values never give a lower level, and the share of slots follows the level', () => {
  const worse = (reading: PressureReading, by: number) =>
    Object.fromEntries(
      signals.map((signal) => {
        const value = reading[signal];
        const times = signalKinds[signal].scarceWhen === 'small' ? 1 / by : by;
        return [signal, value === null ? null : value * times];
      }),
    ) as unknown as PressureReading;
  fc.assert(
    fc.property(
      anyReading,
      fc.double({ min: 1, max: 10, noNaN: true }),
      fc.integer({ min: 1, max: 64 }),
      (reading, by, max) => {
        const [here, there] = [viewAfter(times(6, reading)), viewAfter(times(6, worse(reading, by)))];
        expect(rank(there.level)).toBeGreaterThanOrEqual(rank(here.level));
        expect(there.slotsShare).toBeLessThanOrEqual(here.slotsShare);
        expect(here.because === '').toBe(here.level === 'normal');
        const slots = slotsUnder(max, here);
        expect(slots).toBeGreaterThanOrEqual(1);
        expect(slots).toBeLessThanOrEqual(max);
      },
    ),
    { numRuns: 300 },
  );
});

test('R-GO-4: property: load, however high, leaves half of the slots; only disk, files and memory that are gone leave none', () => {
  const gone = new Set<PressureSignal>([
    'diskFreeBytes',
    'diskFreeShare',
    'filesFree',
    'filesFreeShare',
    'memoryFreeBytes',
    'memoryFreeShare',
  ]);
  const loaded = history.map((readings) =>
    readings.map(
      (reading): PressureReading =>
        Object.fromEntries(
          signals.map((signal) => [signal, gone.has(signal) ? roomy[signal] : reading[signal]]),
        ) as unknown as PressureReading,
    ),
  );
  fc.assert(
    fc.property(loaded, (readings) => {
      expect(viewAfter(readings).slotsShare).toBeGreaterThanOrEqual(0.5);
    }),
    { numRuns: 300 },
  );
  expect(viewAfter(times(9, { ...roomy, loadPerCore: 1_000, eventLoopLagMs: 60_000 }))).toMatchObject({
    level: 'high',
    slotsShare: 0.5,
  });
});

test('R-GO-4: every measurement is reported beside its thresholds, as the settings are now', () => {
  const reading = { ...roomy, loadPerCore: 3 };
  const changed = { ...thresholds, loadPerCore: { high: 2 } };
  const state = times(3, reading).reduce((before, one) => nextPressure(before, one, changed), calm);
  const report = reportPressure(state, reading, changed);
  expect(report).toMatchObject({ level: 'high', because: expect.stringContaining('a load of 3.0') });
  expect(report.measurements.map(({ signal }) => signal)).toHaveLength(signals.length);
  expect(report.measurements.find(({ signal }) => signal === 'load_per_core')).toEqual({
    signal: 'load_per_core',
    title: 'load per core',
    unit: 'per_core',
    value: 3,
    scarceWhen: 'large',
    high: 2,
    critical: null,
    level: 'high',
  });
  expect(report.measurements[0]).toMatchObject({
    signal: 'disk_free_bytes',
    high: 5 * gibibyte,
    critical: gibibyte,
  });
});

test('the state is JSON: another process can continue from it', () => {
  const state = after(times(4, { ...roomy, memoryFreeShare: 0.01 }));
  expect(JSON.parse(JSON.stringify(state))).toEqual(state);
});
