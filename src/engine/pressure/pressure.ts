// The pressure level of this machine, computed from measurements with hysteresis, so that a machine at a threshold does
// not flap (R-REC-4).

export const pressureLevels = ['normal', 'high', 'critical'] as const;
export type PressureLevel = (typeof pressureLevels)[number];

/** The measured values; null if this machine does not report one. */
export interface PressureReading {
  /** Free bytes on the disk that holds the data directory. */
  diskFreeBytes: number | null;
  /** The free share of that disk, in [0, 1]. */
  diskFreeShare: number | null;
  /** How many files that disk still has room for, whatever its free bytes. */
  filesFree: number | null;
  /** The free share of these, in [0, 1]. */
  filesFreeShare: number | null;
  /** The share of memory that is still available, in [0, 1], within the container's limit if there is one. */
  memoryFreeShare: number | null;
  /** Number of runnable processes per core, averaged over the last minute. */
  loadPerCore: number | null;
  /** The 99th percentile of the event loop's delay since the last measurement. */
  eventLoopLagMs: number | null;
  /** Number of database queries that wait for a connection. */
  databaseWaiting: number | null;
}

export type PressureSignal = keyof PressureReading;

export interface PressureThreshold {
  /** Whether a small or a large value means scarcity. */
  scarceWhen: 'small' | 'large';
  high: number;
  critical: number;
  /** How far a value must return past a threshold before the level is left: a share of the threshold, in (0, 1). */
  slack: number;
  /** Consecutive measurements that must agree before a level is entered; leaving a level takes `leaveLooks`. */
  enterLooks: number;
}

export type PressureThresholds = Readonly<Record<PressureSignal, PressureThreshold>>;

const gibibyte = 2 ** 30;

export const defaultPressureThresholds: PressureThresholds = {
  // A worktree with its dependencies has about a gigabyte, and the database must never meet a full disk.
  diskFreeBytes: { scarceWhen: 'small', high: 5 * gibibyte, critical: gibibyte, slack: 0.2, enterLooks: 1 },
  // The free share alone would stop work on a large disk with plenty of space, so free bytes and free share are
  // measured, and the better of the two counts.
  diskFreeShare: { scarceWhen: 'small', high: 0.1, critical: 0.03, slack: 0.2, enterLooks: 1 },
  memoryFreeShare: { scarceWhen: 'small', high: 0.15, critical: 0.05, slack: 0.2, enterLooks: 2 },
  // Installed dependencies are up to a hundred thousand files in each worktree.
  filesFree: { scarceWhen: 'small', high: 200_000, critical: 20_000, slack: 0.2, enterLooks: 1 },
  filesFreeShare: { scarceWhen: 'small', high: 0.1, critical: 0.03, slack: 0.2, enterLooks: 1 },
  // The test suites of several concurrent agents are many processes per core, which is intended.
  loadPerCore: { scarceWhen: 'large', high: 4, critical: 16, slack: 0.2, enterLooks: 3 },
  eventLoopLagMs: { scarceWhen: 'large', high: 250, critical: 2_000, slack: 0.3, enterLooks: 3 },
  databaseWaiting: { scarceWhen: 'large', high: 8, critical: 64, slack: 0.5, enterLooks: 3 },
};

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

const signals = Object.keys(defaultPressureThresholds) as PressureSignal[];

export const calm: PressureState = Object.fromEntries(
  signals.map((signal) => [signal, { level: 'normal', wanted: 'normal', looks: 0 }]),
) as Record<PressureSignal, SignalState>;

export function nextPressure(
  state: PressureState,
  reading: PressureReading,
  thresholds: PressureThresholds,
): PressureState {
  return Object.fromEntries(
    signals.map((signal) => [signal, nextSignal(state[signal], reading[signal], thresholds[signal])]),
  ) as Record<PressureSignal, SignalState>;
}

/** A machine that does not report a value is not under pressure because of it. */
function nextSignal(state: SignalState, value: number | null, threshold: PressureThreshold): SignalState {
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
function wantedLevel(level: PressureLevel, value: number, threshold: PressureThreshold): PressureLevel {
  const isOver = (limit: number, isHeld: boolean) => {
    const { scarceWhen, slack } = threshold;
    if (scarceWhen === 'small') return value < (isHeld ? limit * (1 + slack) : limit);
    return value > (isHeld ? limit * (1 - slack) : limit);
  };
  if (isOver(threshold.critical, level === 'critical')) return 'critical';
  return isOver(threshold.high, level !== 'normal') ? 'high' : 'normal';
}

function rank(level: PressureLevel): number {
  return pressureLevels.indexOf(level);
}

/** The resulting view: the worst signal decides, and a disk or its files are scarce only if both of their signals say so. */
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
    [state.memoryFreeShare.level, `only ${shareOf(reading.memoryFreeShare)} of the memory free`],
    [state.loadPerCore.level, `a load of ${numberOf(reading.loadPerCore)} processes per core`],
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
  return share === null ? 'little' : `${Math.floor(share * 100)} %`;
}

function countOf(value: number | null): string {
  return value === null ? 'few' : value.toLocaleString('en-US');
}

function numberOf(value: number | null): string {
  return value === null ? 'many' : value < 10 ? value.toFixed(1) : String(Math.round(value));
}
