// The pressure level of this machine, computed from measurements with hysteresis, so that a machine at a threshold does
// not flap (R-REC-4).
import {
  type PressureLevel,
  type PressureMeasurement,
  type PressureReport,
  type PressureUnit,
  pressureLevels,
} from '../../../domain/machine/pressure.ts';
import type { EngineSettings } from '../../policy/engine-settings.ts';

/** The measured values; null if this machine does not report one. */
export interface PressureReading {
  /** Free bytes on the disk that holds the data directory. */
  diskFreeBytes: number | null;
  /** The free share of that disk, in [0, 1]. */
  diskFreeShare: number | null;
  /** How many files that disk still has room for, regardless of its free bytes. */
  filesFree: number | null;
  /** The free share of these, in [0, 1]. */
  filesFreeShare: number | null;
  /** The bytes of memory that are still available, within the container's limit if there is one. */
  memoryFreeBytes: number | null;
  /** The share of them, in [0, 1]. */
  memoryFreeShare: number | null;
  /** The share of the last ten seconds in which all processes of the control group waited for memory. */
  memoryStallShare: number | null;
  /** The share of the last minute in which a process of the control group waited for a processor. */
  cpuWaitShare: number | null;
  /** Number of runnable processes per core of the whole machine in the last minute; only without `cpuWaitShare`. */
  loadPerCore: number | null;
  /** How many processes the control group still has room for. */
  processesFree: number | null;
  /** The free share of these, in [0, 1]. */
  processesFreeShare: number | null;
  /** The 99th percentile of the event loop's delay since the last measurement. */
  eventLoopLagMs: number | null;
  /** Number of database queries that wait for a connection. */
  databaseWaiting: number | null;
}

const gibibyte = 2 ** 30;

export type PressureSignal = keyof PressureReading;

/** What is fixed about a measurement; its thresholds are settings. */
interface SignalKind {
  title: string;
  unit: PressureUnit;
  /** Whether a small or a large value means scarcity. */
  scarceWhen: 'small' | 'large';
  /** How far a value must return past a threshold before the level is left: a share of the threshold, in (0, 1). */
  slack: number;
  /** Consecutive measurements that must agree before a level is entered; leaving a level takes `leaveLooks`. */
  enterLooks: number;
}

const small = { scarceWhen: 'small', slack: 0.2, enterLooks: 1 } as const;
const large = { scarceWhen: 'large', slack: 0.2, enterLooks: 3 } as const;

export const signalKinds: Readonly<Record<PressureSignal, SignalKind>> = {
  diskFreeBytes: { title: 'free disk space', ...small, unit: 'bytes' },
  diskFreeShare: { title: 'free share of the disk', ...small, unit: 'share' },
  filesFree: { title: 'room for files (inodes)', ...small, unit: 'count' },
  filesFreeShare: { title: 'free share of the files', ...small, unit: 'share' },
  memoryFreeBytes: { title: 'free memory', ...small, unit: 'bytes', enterLooks: 2 },
  memoryFreeShare: { title: 'free share of the memory', ...small, unit: 'share', enterLooks: 2 },
  memoryStallShare: { title: 'time waiting for memory', ...large, unit: 'share' },
  cpuWaitShare: { title: 'time waiting for a processor', ...large, unit: 'share' },
  loadPerCore: { title: 'load per core', ...large, unit: 'per_core' },
  processesFree: { title: 'room for processes', ...small, unit: 'count', enterLooks: 2 },
  processesFreeShare: { title: 'free share of the processes', ...small, unit: 'share', enterLooks: 2 },
  eventLoopLagMs: { title: 'event loop lag', ...large, unit: 'ms', slack: 0.3 },
  databaseWaiting: { title: 'queries waiting', ...large, unit: 'count', slack: 0.5 },
};

/** `high` halves the slots; `critical`, if there is one, leaves none. */
export interface PressureThreshold {
  high: number;
  critical?: number;
}

export type PressureThresholds = EngineSettings['pressure'] &
  Readonly<Record<PressureSignal, PressureThreshold>>;

/** Consecutive measurements that must agree before a level is left. */
export const leaveLooks = 3;

/** The share of slots for heavy work that may be used at each level. */
export const slotsShareOf: Readonly<Record<PressureLevel, number>> = { normal: 1, high: 0.5, critical: 0 };

interface SignalState {
  level: PressureLevel;
  /** The level that the newest measurements indicate, and how many of them did in a row. */
  wanted: PressureLevel;
  looks: number;
}

/** The state that one measurement passes to the next, as JSON. */
export type PressureState = Readonly<Record<PressureSignal, SignalState>>;

export interface PressureView {
  level: PressureLevel;
  /** The reason in one sentence; empty at the normal level. */
  because: string;
  /** The share of slots for heavy work that may be used, in [0, 1]. */
  slotsShare: number;
}

const signals = Object.keys(signalKinds) as PressureSignal[];

export const calm: PressureState = Object.fromEntries(
  signals.map((signal) => [signal, { level: 'normal', wanted: 'normal', looks: 0 }]),
) as Record<PressureSignal, SignalState>;

export function nextPressure(
  state: PressureState,
  reading: PressureReading,
  thresholds: PressureThresholds,
): PressureState {
  return Object.fromEntries(
    signals.map((signal) => [
      signal,
      nextSignal(state[signal], reading[signal], { ...signalKinds[signal], ...thresholds[signal] }),
    ]),
  ) as Record<PressureSignal, SignalState>;
}

/** A machine that does not report a value is not under pressure because of it. */
function nextSignal(
  state: SignalState,
  value: number | null,
  threshold: SignalKind & PressureThreshold,
): SignalState {
  const wanted = value === null ? 'normal' : wantedLevel(state.level, value, threshold);
  if (wanted === state.level) return { level: state.level, wanted, looks: 0 };
  const isUp = rank(wanted) > rank(state.level);
  // Measurements in the same direction count together: 'high, critical, critical' is above normal three times.
  const isSameWay = state.looks > 0 && rank(state.wanted) > rank(state.level) === isUp;
  const looks = isSameWay ? state.looks + 1 : 1;
  const milder = isSameWay && isUp && rank(state.wanted) < rank(wanted) ? state.wanted : wanted;
  const worse = isSameWay && !isUp && rank(state.wanted) > rank(wanted) ? state.wanted : wanted;
  const asked = isUp ? milder : worse;
  if (looks < (isUp ? threshold.enterLooks : leaveLooks)) return { level: state.level, wanted: asked, looks };
  return { level: asked, wanted: asked, looks: 0 };
}

/** The current level is left only beyond its threshold's slack. */
function wantedLevel(
  level: PressureLevel,
  value: number,
  { scarceWhen, slack, high, critical }: SignalKind & PressureThreshold,
): PressureLevel {
  const isOver = (limit: number, isHeld: boolean) => {
    if (scarceWhen === 'small') return value < (isHeld ? limit * (1 + slack) : limit);
    return value > (isHeld ? limit * (1 - slack) : limit);
  };
  if (critical !== undefined && isOver(critical, level === 'critical')) return 'critical';
  return isOver(high, level !== 'normal') ? 'high' : 'normal';
}

function rank(level: PressureLevel): number {
  return pressureLevels.indexOf(level);
}

/**
 * The resulting view: the worst signal decides, and what is measured as a number and as a share is
 * scarce only if both say so.
 */
export function viewPressure(state: PressureState, reading: PressureReading): PressureView {
  const levels: Array<[PressureLevel, string]> = [
    [
      milderOf(state.diskFreeBytes.level, state.diskFreeShare.level),
      `only ${sizeOf(reading.diskFreeBytes)} free on the disk of the data directory`,
    ],
    [
      milderOf(state.filesFree.level, state.filesFreeShare.level),
      `room for only ${countOf(reading.filesFree)} more files (inodes) on the disk of the data directory`,
    ],
    [
      milderOf(state.memoryFreeBytes.level, state.memoryFreeShare.level),
      `only ${sizeOf(reading.memoryFreeBytes)} of memory free`,
    ],
    [
      state.memoryStallShare.level,
      `${shareOf(reading.memoryStallShare)} of the time spent waiting for memory`,
    ],
    [state.cpuWaitShare.level, `${shareOf(reading.cpuWaitShare)} of the time spent waiting for a processor`],
    [state.loadPerCore.level, `a load of ${numberOf(reading.loadPerCore)} processes per core`],
    [
      milderOf(state.processesFree.level, state.processesFreeShare.level),
      `room for only ${countOf(reading.processesFree)} more ${reading.processesFree === 1 ? 'process' : 'processes'}`,
    ],
    [state.eventLoopLagMs.level, `an event loop lag of ${numberOf(reading.eventLoopLagMs)} ms`],
    [state.databaseWaiting.level, `${numberOf(reading.databaseWaiting)} queries waiting for the database`],
  ];
  const level = levels.reduce<PressureLevel>(
    (worst, [one]) => (rank(one) > rank(worst) ? one : worst),
    'normal',
  );
  const causes = levels.filter(([one]) => level !== 'normal' && one === level).map(([, cause]) => cause);
  const because = causes.length === 0 ? '' : `This machine is under pressure: ${causes.join(', and ')}.`;
  return { level, because, slotsShare: slotsShareOf[level] };
}

/** Every measurement beside its thresholds, for those who look at the machine. */
export function reportPressure(
  state: PressureState,
  reading: PressureReading,
  thresholds: PressureThresholds,
): PressureReport {
  const { level, because } = viewPressure(state, reading);
  const measurements = signals.map((signal): PressureMeasurement => {
    const { title, unit, scarceWhen } = signalKinds[signal];
    const { high, critical }: PressureThreshold = thresholds[signal];
    return {
      signal: signal.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      title,
      unit,
      value: reading[signal],
      scarceWhen,
      high,
      critical: critical ?? null,
      level: state[signal].level,
    };
  });
  return { level, because, measurements };
}

function milderOf(one: PressureLevel, other: PressureLevel): PressureLevel {
  return rank(one) < rank(other) ? one : other;
}

/** At least one slot is left at every level that permits heavy work to start. */
export function slotsUnder(slotsMax: number, { slotsShare }: Pick<PressureView, 'slotsShare'>): number {
  return Math.max(1, Math.floor(slotsMax * slotsShare));
}

function sizeOf(bytes: number | null): string {
  if (bytes === null) return 'few bytes';
  return bytes < gibibyte ? `${Math.floor(bytes / 2 ** 20)} MiB` : `${(bytes / gibibyte).toFixed(1)} GiB`;
}

function shareOf(share: number | null): string {
  return share === null ? 'much' : `${Math.floor(share * 100)} %`;
}

function countOf(value: number | null): string {
  return value === null ? 'few' : value.toLocaleString('en-US');
}

function numberOf(value: number | null): string {
  return value === null ? 'many' : value < 10 ? value.toFixed(1) : String(Math.round(value));
}
