// What each step of a run leaves for later steps and runs: one shape for each step. Results of an older version are read
// by the same shapes, so a field that came later is optional.

import { z } from 'zod';
import { modelTiers } from '../agents/model-tier.ts';
import { proposalSchema } from '../agents/proposal.ts';
import { givenReviewSchema } from '../agents/review.ts';
import { failureContextSchema } from '../failure-context.ts';
import type { WorkOrderId } from '../ids.ts';
import { ignoredFilesSchema } from '../machine/ignored-files.ts';
import type { Step } from '../transitions.ts';
import { checkResultSchema } from './check.ts';
import { findingSchema } from './finding.ts';
import { shownTreesSchema } from './joint-change.ts';
import { outcomes } from './outcome.ts';
import { checkProofSchema } from './proof.ts';
import { checkedTogetherSchema } from './together.ts';
import { verifyLevels } from './verify-level.ts';

/** What the next attempt is told about a failure (R-REC-5). */
const feedbackSchema = z.object({
  /** One sentence. */
  summary: z.string(),
  /** The output of the failed command, or the refusals. */
  output: z.string().default(''),
  failureClass: z.string().default('unknown'),
  /** The plan of the failed attempt. */
  tried: z.string().nullable().default(null),
  /** What earlier attempts of this run did, and how each failed, oldest first. */
  triedBefore: z.array(z.string()).exactOptional(),
  /** The classifier's result for the output: position and name. */
  context: failureContextSchema.exactOptional(),
  /** Failures that also occur without the change: the next attempt need not fix them. */
  redBefore: z.array(z.string()).exactOptional(),
});
export type Feedback = z.infer<typeof feedbackSchema>;

const routingSchema = z.object({
  complexity: z.number(),
  hardStopWords: z.array(z.string()),
  reasons: z.array(z.string()),
  tier: z.enum(modelTiers),
  /** In the order in which they are tried. */
  models: z.array(z.string()),
  /** How much the first model is told to think; absent: the agent decides. */
  effort: z.string().exactOptional(),
  agent: z.string(),
  /** The setting in the project's file, null for nobody; if absent, the general setting decides. */
  reviewer: z.string().nullable().exactOptional(),
  /** Nano-dollars, in decimal. */
  envelopeNanoUsd: z.string(),
  /** The amount to which the envelope may grow; absent: its size is fixed. */
  ceilingNanoUsd: z.string().exactOptional(),
  reservationId: z.string(),
  baseBranch: z.string(),
  baseSha: z.string(),
  /**
   * The newest commit that the change has from the base branch of the remote; absent: the remote was not reached, or the
   * change is stacked. If the base branch loses it, the branch was rewritten.
   */
  publishedSha: z.string().exactOptional(),
  branch: z.string(),
  /** The number of paths in the repository at the base commit; absent in results of older versions. */
  pathCount: z.number().exactOptional(),
  language: z.string().nullable().exactOptional(),
  /** The work order from whose branch the change starts. */
  stackedOn: z.custom<WorkOrderId>((id) => typeof id === 'string').exactOptional(),
  hasUncommittedChanges: z.boolean(),
});
export type RoutingResult = z.infer<typeof routingSchema>;

/** For people: the names of copied files, and notes about them. */
const toldFilesSchema = z.object({
  names: z.array(z.string()),
  total: z.number(),
  leftOut: z.array(z.object({ path: z.string(), because: z.string() })),
  /** Why nothing is copied, and what to do instead. */
  problem: z.string().nullable(),
});
export type ToldFiles = z.infer<typeof toldFilesSchema>;

const preparingSchema = z.object({
  /** `nothing`: there is no setup. `kept`: the worktree was already prepared. */
  way: z.enum(['nothing', 'kept', 'cache', 'setup']),
  commands: z.array(z.string()),
  /** SHA-256 of everything that the setup's result depends on; null without a setup. */
  key: z.string().nullable(),
  /** Measured from when it had a slot of the machine; absent: nothing was prepared. */
  tookMs: z.number().exactOptional(),
  /** Files of the setup that git does not ignore: they are removed, so agents work without them. */
  unkept: z.array(z.string()).exactOptional(),
  /** Ignored files of the checkout that the project names; absent: it names none. */
  copied: toldFilesSchema.exactOptional(),
  /** The container image in which the sessions run; absent if there is none. */
  image: z.string().exactOptional(),
  /** It stays the same for the whole work order, even if its name refers to another image later. */
  imageId: z.string().exactOptional(),
  /** What named the image, and by which name: if that changes, another preparation uses the new image. */
  imageAsked: z.string().exactOptional(),
});
export type PreparingResult = z.infer<typeof preparingSchema>;

const generatingSchema = z.object({
  proposal: proposalSchema.nullable(),
  /** The brief, for an agent that writes code itself. */
  brief: z.string().nullable(),
  model: z.string().nullable(),
  /** How much the model is told to think; absent: the agent decides. */
  effort: z.string().exactOptional(),
  attempts: z.number(),
  /** The messages that were in the prompt. */
  messageIds: z.array(z.string()).readonly().exactOptional(),
  /** The changes of earlier members of its joint change that were in the prompt. */
  shownTrees: shownTreesSchema.exactOptional(),
  /** The review of the proposal. */
  review: givenReviewSchema.exactOptional(),
});
export type GeneratingResult = z.infer<typeof generatingSchema>;

const applyingSchema = z.object({
  outcome: z.enum(outcomes),
  headSha: z.string(),
  treeSha: z.string(),
  changedFiles: z.number(),
  agent: z.string(),
  sessionId: z.string(),
  summary: z.string(),
  feedback: feedbackSchema.exactOptional(),
  /**
   * Not an agent's work: the base branch, or what others pushed to the branch, was merged into the change, with
   * conflicts in these paths; or only the messages of its commits were changed.
   */
  baseMerged: z
    .object({ conflicts: z.array(z.string()), from: z.enum(['base', 'head', 'words']).default('base') })
    .exactOptional(),
  /** The agent only answered a message: the change is the same as before this cycle. */
  isAnswer: z.literal(true).exactOptional(),
  /** Files that the agent made and that git ignores. */
  ignored: ignoredFilesSchema.exactOptional(),
  /** New files that tools drop beside their work, and that the change leaves out. */
  leftOut: z.array(z.string()).exactOptional(),
  /** Paths of a merge or similar operation that the agent left unfinished. */
  unmerged: z.array(z.string()).exactOptional(),
});
export type ApplyingResult = z.infer<typeof applyingSchema>;

const verifyingSchema = z.object({
  checks: z.array(checkResultSchema),
  /** True if every check that says something about the change passed; a setup check says nothing. */
  isVerified: z.boolean(),
  notVerifiedBecause: z.string().exactOptional(),
  treeSha: z.string(),
  feedback: feedbackSchema.exactOptional(),
  /** True if a check needed something that no change can provide: it gave no verdict, and later checks did not run. */
  isUnfinished: z.boolean().exactOptional(),
  /** How the change was judged; absent: in an older version, or its checks gave no verdict. */
  level: z.enum(verifyLevels).exactOptional(),
  /** What was found about the change beyond its checks, the most severe first; absent: nothing, or it was not looked for. */
  findings: z.array(findingSchema).exactOptional(),
  /** What the extra runs have shown for the change; absent: nothing, or an older version judged it. */
  proof: z.array(checkProofSchema).exactOptional(),
  /** The open changes with which it was checked; absent: none, or it was not looked for. */
  together: checkedTogetherSchema.exactOptional(),
  /** The review of a coding agent's change. */
  review: givenReviewSchema.exactOptional(),
  /** The person who accepted the change although checks fail: this is the only reason to publish it. */
  acceptedBy: z.string().exactOptional(),
});
export type VerifyingResult = z.infer<typeof verifyingSchema>;

const creatingPrSchema = z.object({
  number: z.number(),
  url: z.string(),
  headSha: z.string(),
  remote: z.string(),
});
export type CreatingPrResult = z.infer<typeof creatingPrSchema>;

const schemas = {
  routing: routingSchema,
  preparing: preparingSchema,
  generating: generatingSchema,
  applying: applyingSchema,
  verifying: verifyingSchema,
  creating_pr: creatingPrSchema,
  tracking: z.object({ success: z.literal(true) }),
  /** Only a red CI leaves a result. */
  awaiting_ci: z.object({ feedback: feedbackSchema }),
} as const;

type Results = { [S in Step]: z.infer<(typeof schemas)[S]> };
export type StepResult<S extends Step = Step> = Results[S];

const readers: { readonly [S in Step]: z.ZodType<Results[S]> } = schemas;

/** A stored result of the step; undefined if there is none, or it is none that this version knows. */
export function readStepResult<S extends Step>(step: S, stored: unknown): StepResult<S> | undefined {
  return readers[step].safeParse(stored).data;
}

/** What the result of any step may say, whatever else it holds. What cannot be read is left out. */
const anyResultSchema = z.object({
  /** The step sent the work back. */
  feedback: feedbackSchema
    .optional()
    .catch({ summary: 'The change was sent back.', output: '', failureClass: 'unknown', tried: null }),
  isUnfinished: z.boolean().optional().catch(undefined),
  treeSha: z.string().optional().catch(undefined),
  proposal: z.looseObject({ plan: z.string() }).nullish().catch(undefined),
  summary: z.string().optional().catch(undefined),
});
export type AnyResult = z.infer<typeof anyResultSchema>;

/** Undefined if there is none. */
export function readAnyResult(stored: unknown): AnyResult | undefined {
  return anyResultSchema.safeParse(stored).data;
}
