// What an outcome says about the model that made the change: only verified outcomes count, and failures with another
// cause do not (R-LRN-2, R-REC-6). Pure.
import type { Fault } from '../fault.ts';

/**
 * What can judge an outcome: the later in this list, the stronger. `checks` and `nothing` come from the run
 * itself.
 */
export const judges = ['run', 'nothing', 'checks', 'ci', 'close', 'undo', 'merge', 'revert'] as const;
export type JudgedBy = (typeof judges)[number];

/** If the ranks are equal, the later outcome wins. A later event of a lower rank changes nothing. */
const ranks: Readonly<Record<JudgedBy, number>> = {
  run: 0,
  nothing: 0,
  checks: 1,
  ci: 2,
  close: 3,
  undo: 3,
  merge: 4,
  revert: 5,
};

export const overrules = (one: JudgedBy, other: JudgedBy): boolean => ranks[one] >= ranks[other];

export interface Judgement {
  isSuccess: boolean;
  judgedBy: JudgedBy;
  /** Who must change before such an attempt can succeed; null if it succeeded. */
  fault: Fault | 'person' | null;
  /** Null: no model took part, or the program of a login chose the model itself. */
  model: string | null;
  isAttempt: boolean;
}

export interface Counted {
  counts: boolean;
  because: string;
}

const verifiedBy: Readonly<Record<JudgedBy, string>> = {
  run: 'the run verified it',
  nothing: 'nothing has verified the change',
  checks: 'its checks verified the change',
  ci: 'CI verified the change',
  close: 'its pull request was closed without a merge',
  undo: 'a person had the change undone',
  merge: 'the change is merged',
  revert: 'the merged change was reverted',
};

const faults: Readonly<Record<Fault | 'person', Counted>> = {
  work: { counts: true, because: 'the change or its author failed' },
  time: { counts: true, because: 'the agent used up its time' },
  passing: { counts: false, because: 'something transient failed, not the work' },
  provider: { counts: false, because: 'a provider or the forge failed, not the work' },
  setting: { counts: false, because: 'a setting or the environment failed, not the work' },
  money: { counts: false, because: 'a limit on money ended it' },
  person: { counts: false, because: 'a person ended it' },
};

export function countsForModel({ isSuccess, judgedBy, fault, model, isAttempt }: Judgement): Counted {
  if (!isAttempt) return { counts: false, because: 'it continues a change that was judged before' };
  if (model === null) return { counts: false, because: 'no model is known' };
  if (isSuccess) return { counts: judgedBy !== 'nothing', because: verifiedBy[judgedBy] };
  if (fault === 'work' && judgedBy !== 'run') return { counts: true, because: failedBy[judgedBy] };
  return faults[fault ?? 'work'];
}

const failedBy: Readonly<Record<JudgedBy, string>> = {
  ...verifiedBy,
  checks: 'its checks failed',
  ci: 'CI is red',
  merge: 'it did not hold',
};
