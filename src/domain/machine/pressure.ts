// How much of a machine's resources is left, as each process of Moose reports it (R-GO-4).

export const pressureLevels = ['normal', 'high', 'critical'] as const;
export type PressureLevel = (typeof pressureLevels)[number];

export const pressureUnits = ['bytes', 'share', 'count', 'ms', 'per_core'] as const;
export type PressureUnit = (typeof pressureUnits)[number];

/** One measurement beside its thresholds. */
export interface PressureMeasurement {
  signal: string;
  title: string;
  unit: PressureUnit;
  /** Null if this machine does not report it. */
  value: number | null;
  /** Whether a small or a large value means scarcity. */
  scarceWhen: 'small' | 'large';
  /** From here on, half of the slots for heavy work are used. */
  high: number;
  /** From here on, none are; null if this measurement never stops work. */
  critical: number | null;
  level: PressureLevel;
}

/** What a process reports of its machine. */
export interface PressureReport {
  level: PressureLevel;
  /** The reason in one sentence; empty at the normal level. */
  because: string;
  measurements: readonly PressureMeasurement[];
}
