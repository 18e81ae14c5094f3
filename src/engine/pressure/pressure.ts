// The pressure level of this machine, from the measurements: levels with hysteresis, so that a machine on
// the edge does not flap (R-REC-4).

export const pressureLevels = ['normal', 'high', 'critical'] as const;
export type PressureLevel = (typeof pressureLevels)[number];

/** What is measured. Null: this machine does not tell. */
export interface PressureReading {
  /** Free bytes on the disk that holds the data directory. */
  diskFreeBytes: number | null;
  /** The share of it that is free, in [0, 1]. */
  diskFreeShare: number | null;
  /** The share of memory that can still be had, in [0, 1], within the container's limit where there is one. */
  memoryFreeShare: number | null;
  /** Processes that want to run, of the last minute, for each core. */
  loadPerCore: number | null;
  /** How late this process came to its timers, at worst of a hundred, since the last look. */
  eventLoopLagMs: number | null;
  /** Questions to the database that wait for a connection. */
  databaseWaiting: number | null;
}

export type PressureSignal = keyof PressureReading;

export interface PressureThreshold {
  /** What is scarce when it is small, or when it is large. */
  scarceWhen: 'small' | 'large';
  high: number;
  critical: number;
  /** How far it must come back behind a threshold before that level is left: a share of the threshold, in (0, 1). */
  slack: number;
  /** Looks in a row that must agree before a level is taken; leaving one takes `leaveLooks`. */
  enterLooks: number;
}

export type PressureThresholds = Readonly<Record<PressureSignal, PressureThreshold>>;

const gibibyte = 2 ** 30;

export const defaultPressureThresholds: PressureThresholds = {
  // A worktree with its dependencies is about a gigabyte; the database must never meet a full disk.
  diskFreeBytes: { scarceWhen: 'small', high: 5 * gibibyte, critical: gibibyte, slack: 0.2, enterLooks: 1 },
  // A share alone would stop a large disk with plenty of room: both are asked, and the better one counts.
  diskFreeShare: { scarceWhen: 'small', high: 0.1, critical: 0.03, slack: 0.2, enterLooks: 1 },
  memoryFreeShare: { scarceWhen: 'small', high: 0.15, critical: 0.05, slack: 0.2, enterLooks: 2 },
  // Test suites of several agents at once are many processes for each core, and are meant to be.
  loadPerCore: { scarceWhen: 'large', high: 4, critical: 16, slack: 0.2, enterLooks: 3 },
  eventLoopLagMs: { scarceWhen: 'large', high: 250, critical: 2_000, slack: 0.3, enterLooks: 3 },
  databaseWaiting: { scarceWhen: 'large', high: 8, critical: 64, slack: 0.5, enterLooks: 3 },
};

/** Looks in a row that must agree before a level is left. */
export const leaveLooks = 3;

/** The share of the places for heavy work that may be taken at each level. */
export const slotsShareOf: Readonly<Record<PressureLevel, number>> = { normal: 1, high: 0.5, critical: 0 };

interface SignalState {
  level: PressureLevel;
  /** The level that the newest looks ask for, and how many of them in a row. */
  wanted: PressureLevel;
  looks: number;
}

/** JSON: what one look hands to the next. */
export type PressureState = Readonly<Record<PressureSignal, SignalState>>;

export interface PressureView {
  level: PressureLevel;
  /** One sentence; empty at the normal level. */
  because: string;
  /** In [0, 1]: of the places for heavy work. */
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

/** A machine that does not tell is not pressed by that. */
function nextSignal(state: SignalState, value: number | null, threshold: PressureThreshold): SignalState {
  const wanted = value === null ? 'normal' : wantedLevel(state.level, value, threshold);
  if (wanted === state.level) return { level: state.level, wanted, looks: 0 };
  const isUp = rank(wanted) > rank(state.level);
  // Looks that want to go the same way count together: 'high, critical, critical' is above normal three times.
  const isSameWay = state.looks > 0 && rank(state.wanted) > rank(state.level) === isUp;
  const looks = isSameWay ? state.looks + 1 : 1;
  const milder = isSameWay && isUp && rank(state.wanted) < rank(wanted) ? state.wanted : wanted;
  const worse = isSameWay && !isUp && rank(state.wanted) > rank(wanted) ? state.wanted : wanted;
  const asked = isUp ? milder : worse;
  if (looks < (isUp ? threshold.enterLooks : leaveLooks)) return { level: state.level, wanted: asked, looks };
  return { level: asked, wanted: asked, looks: 0 };
}

/** A level that holds is left only beyond its threshold's slack. */
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

/** What follows from it: the worst signal decides, and a disk is scarce only where both of its signals say so. */
export function viewPressure(state: PressureState, reading: PressureReading): PressureView {
  const levels: Array<[PressureLevel, string]> = [
    [
      milderOf(state.diskFreeBytes.level, state.diskFreeShare.level),
      `only ${sizeOf(reading.diskFreeBytes)} free on the disk of the data directory`,
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

/** At least one place is left at every level that lets heavy work begin. */
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

function numberOf(value: number | null): string {
  return value === null ? 'many' : value < 10 ? value.toFixed(1) : String(Math.round(value));
}
