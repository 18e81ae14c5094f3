// What one session may use of its machine, and what it has used (R-MACHINE-1).
import { z } from 'zod';

/**
 * `cgroup2`, `cgroup1`: each session has a control group of the kernel. `priority`: the machine's other programs come first
 * for the processor and, when memory is short, stay alive; nothing is limited. `none`: sessions run as every other program.
 */
export const limitLevels = ['cgroup2', 'cgroup1', 'priority', 'none'] as const;
export type LimitLevel = (typeof limitLevels)[number];

/** `auto`: as far as the machine allows. */
export const limitSettings = ['auto', 'off'] as const;
export type LimitSetting = (typeof limitSettings)[number];

export interface SessionLimits {
  /** Memory of all processes of the session together, with what is swapped out. */
  memoryBytes: number;
  /** Memory of all sessions of this data directory together. */
  memoryBytesOfAll: number;
  /** Processes and threads at the same time. */
  processes: number;
  /** Processors that it may keep busy; null: as many as are free. */
  cpus: number | null;
}

/** What was in force when the session started. A part that the machine cannot limit is null. */
export const limitsInForceSchema = z.object({
  level: z.enum(limitLevels),
  memoryBytes: z.number().nullable(),
  processes: z.number().nullable(),
  cpus: z.number().nullable(),
  hasWeight: z.boolean(),
});
export type LimitsInForce = z.infer<typeof limitsInForceSchema>;

/** What its control group counted. A part that the kernel does not count is null. */
export const sessionUseSchema = z.object({
  memoryPeakBytes: z.number().nullable(),
  processesPeak: z.number().nullable(),
  cpuMs: z.number().nullable(),
  /** Processes that the kernel ended because memory was short. */
  memoryKills: z.number(),
  /** Processes that the kernel refused to start because the limit was reached. */
  processesRefused: z.number(),
});
export type SessionUse = z.infer<typeof sessionUseSchema>;

/** The end reasons of a session that passed a limit. */
export type PassedLimit = 'out_of_memory' | 'process_limit';

export function passedLimit(use: Pick<SessionUse, 'memoryKills' | 'processesRefused'>): PassedLimit | null {
  if (use.memoryKills > 0) return 'out_of_memory';
  return use.processesRefused > 0 ? 'process_limit' : null;
}

const gib = 1024 ** 3;

/** What stays free for PostgreSQL, the gateway, Moose and the kernel. */
const keptBytesMin = gib;
const keptShare = 0.15;

/** What most builds need; more than an equal share where many sessions may run on a small machine. */
const usualBytes = 4 * gib;

/** Memory of all sessions together, and of one whose limit nobody has set. */
export function memoryFor({ totalBytes, slots }: { totalBytes: number; slots: number }) {
  const ofAll = Math.floor(
    Math.max(totalBytes - Math.max(keptBytesMin, totalBytes * keptShare), totalBytes / 2),
  );
  const ofOne = Math.floor(Math.max(ofAll / slots, Math.min(usualBytes, ofAll / 2)));
  return { ofAll, ofOne };
}
