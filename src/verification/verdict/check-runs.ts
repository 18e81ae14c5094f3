// What the verdict is made from: the runs of each check, and the run that it needs next.
import type { Asked } from '../../domain/work-order/asked.ts';
import type { CheckKind } from '../../domain/work-order/check.ts';
import type { VerifyLevel } from '../../domain/work-order/verify-level.ts';
import type { Overlay } from '../parts/compose.ts';
import type { Ground } from '../parts/sort-change.ts';
import type { TestReport } from '../test-report.ts';

export interface CheckRun {
  passed: boolean;
  /** Null if nothing was recognised as tests. */
  report: TestReport | null;
  outputTail: string;
}

/**
 * `product`: the base with the product of the change. `unknown`: with what may be product too. `explained`: with the files
 * that have an explanation too. `again`: the last one that was red, once more. `base`: the base alone. `new`: the base with
 * the tests of the change, and with what they lean on. `own`: the change with the base's helpers, data and settings for its tests. `bare`: the change without
 * what newly tells a checker to look away. `broken`: the change with a source that cannot be read; `broken-base`: the base so. `emptied-1`: the change with the first of its functions emptied, and so on.
 */
export type RunName =
  | 'product'
  | 'unknown'
  | 'explained'
  | 'again'
  | 'base'
  | 'new'
  | 'own'
  | 'bare'
  | 'broken'
  | 'broken-base'
  | `emptied-${number}`;

export interface CheckRuns {
  kind: CheckKind;
  command: string;
  /** On the change. It passed, or what failed in it failed on the base too. */
  change: CheckRun;
  /** How many functions may be emptied one after the other; 5 if absent. */
  emptied?: number;
  /** Null: it could not be prepared, so nothing is known. */
  more: Partial<Record<RunName, CheckRun | null>>;
}

export interface Judged {
  ground: Ground;
  task: string;
  asked: Asked;
  level: VerifyLevel;
  /** What could not be read of the change, for people. */
  unread: readonly string[];
  checks: readonly CheckRuns[];
}

export interface NeededRun {
  check: number;
  name: RunName;
  of: 'base' | 'change';
  /** From the other side. */
  overlay: Overlay;
}
