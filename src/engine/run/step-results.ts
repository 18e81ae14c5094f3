// The results of steps, one row each, for later steps and runs.
import type { CheckResult } from '../../domain/check.ts';
import { PermanentError } from '../../domain/failure.ts';
import type { Outcome } from '../../domain/outcome.ts';
import type { Proposal } from '../../domain/proposal.ts';
import type { GivenReview } from '../../domain/review.ts';
import type { Step } from '../../domain/transitions.ts';
import { newestStepResults } from '../../store/work/runs.ts';
import type { ModelTier } from '../policy/assess.ts';
import type { ToldFiles } from './copied-files.ts';
import type { Feedback } from './feedback.ts';
import type { Work } from './work.ts';

export interface RoutingResult {
  complexity: number;
  hardStopWords: string[];
  reasons: string[];
  tier: ModelTier;
  /** In the order in which they are tried. */
  models: string[];
  agent: string;
  /** Only if the project's file says it, null for nobody; otherwise the setting decides. */
  reviewer?: string | null;
  /** Nano-dollars, in decimal. */
  envelopeNanoUsd: string;
  reservationId: string;
  baseBranch: string;
  baseSha: string;
  branch: string;
  hasUncommittedChanges: boolean;
}

export interface PreparingResult {
  /** `nothing`: there is no setup. `kept`: the worktree was prepared before. */
  way: 'nothing' | 'kept' | 'cache' | 'setup';
  commands: string[];
  /** SHA-256 of what the result of the setup depends on; null without a setup. */
  key: string | null;
  /** Files of the setup that git does not ignore: they are removed, so agents work without them. */
  unkept?: string[];
  /** Ignored files of the checkout that the project names; absent: it names none. */
  copied?: ToldFiles;
}

export interface GeneratingResult {
  proposal: Proposal | null;
  /** The brief, for an agent that writes code itself. */
  brief: string | null;
  model: string | null;
  attempts: number;
  /** The messages that its prompt had. */
  messageIds?: readonly string[];
  /** Of the proposal. */
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
}

export interface VerifyingResult {
  checks: CheckResult[];
  /** Every check that says something about the change passed; a setup check says nothing. */
  isVerified: boolean;
  notVerifiedBecause?: string;
  treeSha: string;
  feedback?: Feedback;
  /** A check needed something that no change can provide: it has not judged, and the others have not run. */
  isUnfinished?: boolean;
  /** Of what a coding agent changed. */
  review?: GivenReview;
  /** A person accepted it with failing checks: it is only published for that reason. */
  acceptedBy?: string;
}

export interface CreatingPrResult {
  number: number;
  url: string;
  headSha: string;
  remote: string;
}

type Results = Awaited<ReturnType<typeof newestStepResults>>;
/** Read once per step: the results of earlier steps do not change while it runs. */
const looked = new WeakMap<Work, Promise<Results>>();

/** The newest result of each step as the current one began. */
export function resultsOf(work: Work): Promise<Results> {
  const found =
    looked.get(work) ?? work.database.run((query) => newestStepResults(query, work.order.id), work.signal);
  looked.set(work, found);
  return found;
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
  throw new PermanentError({
    code: 'STEP_RESULT_MISSING',
    component: 'pipeline',
    operation: work.order.step ?? 'run',
    message: `This step needs the result of ${step}, which is missing.`,
    advice: `Start from that step: \`moose retry ID --from ${step}\`.`,
  });
}
