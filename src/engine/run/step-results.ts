// The results of steps, one row each, for later steps and runs.

import type { CheckResult } from '../../domain/check.ts';
import type { Finding } from '../../domain/finding.ts';
import type { WorkOrderId } from '../../domain/ids.ts';
import type { IgnoredFiles } from '../../domain/ignored-files.ts';
import type { ShownTrees } from '../../domain/joint-change.ts';
import type { Outcome } from '../../domain/outcome.ts';
import type { Proposal } from '../../domain/proposal.ts';
import type { GivenReview } from '../../domain/review.ts';
import type { CheckedTogether } from '../../domain/together.ts';
import type { Step } from '../../domain/transitions.ts';
import type { VerifyLevel } from '../../domain/verify-level.ts';
import { newestStepResults, type StepResults } from '../../store/work/runs.ts';
import type { ModelTier } from '../policy/assess.ts';
import type { ToldFiles } from './copied-files.ts';
import { runFailures } from './failure-catalogue.ts';
import type { Feedback } from './feedback.ts';
import type { Work } from './work.ts';

export interface RoutingResult {
  complexity: number;
  hardStopWords: string[];
  reasons: string[];
  tier: ModelTier;
  /** In the order in which they are tried. */
  models: string[];
  /** How much the first model is told to think; absent: the agent decides. */
  effort?: string;
  agent: string;
  /** The setting in the project's file, null for nobody; if absent, the general setting decides. */
  reviewer?: string | null;
  /** Nano-dollars, in decimal. */
  envelopeNanoUsd: string;
  /** The amount to which the envelope may grow; absent: its size is fixed. */
  ceilingNanoUsd?: string;
  reservationId: string;
  baseBranch: string;
  baseSha: string;
  branch: string;
  /** The number of paths in the repository at the base commit; absent in results of older versions. */
  pathCount?: number;
  language?: string | null;
  /** The work order from whose branch the change starts. */
  stackedOn?: WorkOrderId;
  hasUncommittedChanges: boolean;
}

export interface PreparingResult {
  /** `nothing`: there is no setup. `kept`: the worktree was already prepared. */
  way: 'nothing' | 'kept' | 'cache' | 'setup';
  commands: string[];
  /** SHA-256 of everything that the setup's result depends on; null without a setup. */
  key: string | null;
  /** Measured from when it had a slot of the machine; absent: nothing was prepared. */
  tookMs?: number;
  /** Files of the setup that git does not ignore: they are removed, so agents work without them. */
  unkept?: string[];
  /** Ignored files of the checkout that the project names; absent: it names none. */
  copied?: ToldFiles;
  /** The container image in which the sessions run; absent if there is none. */
  image?: string;
  /** It stays the same for the whole work order, even if its name refers to another image later. */
  imageId?: string;
  /** What named the image, and by which name: if that changes, another preparation uses the new image. */
  imageAsked?: string;
}

export interface GeneratingResult {
  proposal: Proposal | null;
  /** The brief, for an agent that writes code itself. */
  brief: string | null;
  model: string | null;
  /** How much the model is told to think; absent: the agent decides. */
  effort?: string;
  attempts: number;
  /** The messages that were in the prompt. */
  messageIds?: readonly string[];
  /** The changes of earlier members of its joint change that were in the prompt. */
  shownTrees?: ShownTrees;
  /** The review of the proposal. */
  review?: GivenReview;
}

export interface ApplyingResult {
  outcome: Outcome;
  headSha: string;
  treeSha: string;
  changedFiles: number;
  agent: string;
  sessionId: string;
  summary: string;
  feedback?: Feedback;
  /** Not an agent's work: the base branch was merged into the change, with conflicts in these paths. */
  baseMerged?: { conflicts: string[] };
  /** The agent only answered a message: the change is the same as before this cycle. */
  isAnswer?: true;
  /** Files that the agent made and that git ignores. */
  ignored?: IgnoredFiles;
  /** Paths of a merge or similar operation that the agent left unfinished. */
  unmerged?: string[];
}

export interface VerifyingResult {
  checks: CheckResult[];
  /** True if every check that says something about the change passed; a setup check says nothing. */
  isVerified: boolean;
  notVerifiedBecause?: string;
  treeSha: string;
  feedback?: Feedback;
  /** True if a check needed something that no change can provide: it gave no verdict, and later checks did not run. */
  isUnfinished?: boolean;
  /** How the change was judged; absent: in an older version, or its checks gave no verdict. */
  level?: VerifyLevel;
  /** What was found about the change beyond its checks, the most severe first; absent: nothing, or it was not looked for. */
  findings?: Finding[];
  /** The open changes with which it was checked; absent: none, or it was not looked for. */
  together?: CheckedTogether;
  /** The review of a coding agent's change. */
  review?: GivenReview;
  /** The person who accepted the change although checks fail: this is the only reason to publish it. */
  acceptedBy?: string;
}

export interface CreatingPrResult {
  number: number;
  url: string;
  headSha: string;
  remote: string;
}

/** Read once per step, because the results of earlier steps do not change while it runs. */
const looked = new WeakMap<Work, Promise<StepResults>>();

/** The newest result of each step, as of the start of the current step. */
export function resultsOf(work: Work): Promise<StepResults> {
  const found =
    looked.get(work) ?? work.database.run((query) => newestStepResults(query, work.order.id), work.signal);
  looked.set(work, found);
  return found;
}

/** Gives the next step the results that this one has read, with its own, as it was stored. */
export async function handOverResults(
  work: Work,
  next: Work,
  [step, stored]: [Step, { result: unknown; finishedAt: Date }],
): Promise<void> {
  const known = await looked.get(work);
  if (known) looked.set(next, Promise.resolve(new Map(known).set(step, stored)));
}

export async function findResult<T>(work: Work, step: Step): Promise<T | undefined> {
  return (await resultsOf(work)).get(step)?.result as T | undefined;
}

export async function requireResult<T>(
  work: Work,
  step: 'routing' | 'generating' | 'applying' | 'verifying' | 'creating_pr',
): Promise<T> {
  const found = (await resultsOf(work)).get(step);
  if (found) return found.result as T;
  throw runFailures.STEP_RESULT_MISSING(work.order.step ?? 'run', { step });
}
