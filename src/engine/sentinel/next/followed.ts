// What Moose has done about a pull request and its CI. It is stored with the pull request, so that a later
// look by any process can continue. Pure.
import { z } from 'zod';
import { mergePolicies } from '../../../domain/forge/merge-policy.ts';
import { nextLookMs } from './next-look.ts';

export const followedLimits = {
  /** How often the base branch is merged into a change because the forge does not merge outdated branches. */
  updatesMax: 5,
  /** The number of failures that are stored: more than a work order has cycles. */
  failuresMax: 20,
  rerunsMax: 50,
  /** How often a change is updated to the parent change: more often than a lower change in its stack has cycles. */
  restacksMax: 30,
  /** How often the forge is asked to merge one commit automatically. */
  queuedMax: 2,
} as const;

const rerun = z.object({
  sha: z.string(),
  name: z.string(),
  /** The attempt that failed. */
  attempt: z.int(),
  at: z.iso.datetime(),
  isRefused: z.boolean().default(false),
});

const failure = z.object({
  sha: z.string(),
  /** The files of the change: the same failure on the same tree is no progress. */
  tree: z.string(),
  /** Equal for equal failures, regardless of their times and paths. */
  fingerprint: z.string(),
  /** Equal only for the same words and numbers. */
  words: z.string(),
  failedAt: z.string(),
});

const followed = z.object({
  /** The commit that Moose pushed last; any other commit at the head of the branch is somebody else's. */
  pushedSha: z.string().nullable().default(null),
  /** The merge setting of `.moose/config.yml` on the base commit of the change. */
  mergeOfFile: z.enum(mergePolicies).nullable().default(null),
  /** That file is from another branch than the current base of the pull request. */
  isFileOfOther: z.boolean().default(false),
  /** The authors of commits of others that the pushed commit contains. */
  others: z.array(z.string()).default([]),
  /** The newest commit of the branch that Moose did not push, as git compared it with Moose's own and the base branch. */
  head: z
    .object({
      sha: z.string(),
      isOwn: z.boolean(),
      authors: z.array(z.string()),
      /** The newest commit that it has from the base branch: if the base branch loses it, that branch was rewritten. */
      baseSha: z.string().exactOptional(),
    })
    .nullable()
    .default(null),
  /** The commit of the base branch that was last compared with what the change contains. */
  comparedBase: z
    .object({
      sha: z.string(),
      isRewritten: z.boolean(),
      isMerged: z.boolean().default(false),
      /** It was merged, and reverted since. */
      isTakenOut: z.boolean().default(false),
    })
    .nullable()
    .default(null),
  reruns: z.array(rerun).default([]),
  failures: z.array(failure).default([]),
  mergeRefused: z
    .object({
      sha: z.string(),
      because: z.string(),
      isBehind: z.boolean(),
      isConflict: z.boolean().default(false),
      /** The forge had not computed whether it can be merged. */
      isUndecided: z.boolean().default(false),
      times: z.int(),
      at: z.iso.datetime(),
      /** What may lift it, as it was before that attempt. */
      mark: z.object({ state: z.string().nullable(), reviews: z.string() }).nullable().default(null),
    })
    .nullable()
    .default(null),
  /** The first look after which every look has found neither a verdict on this commit nor a running check. */
  noChecksSince: z.object({ sha: z.string(), at: z.iso.datetime() }).nullable().default(null),
  /** How often the forge was asked to merge this commit automatically, and what its queue tested last. */
  queued: z.int().default(0),
  groupSha: z.string().nullable().default(null),
  /** What a person was asked while the work order waits on: once per commit and subject. */
  asked: z
    .object({ sha: z.string(), code: z.string(), groupKey: z.string().nullable() })
    .nullable()
    .default(null),
  updates: z.int().default(0),
  restacks: z.int().default(0),
  /** The verified commit that only waits for its merge: others may build on it. */
  readySha: z.string().nullable().default(null),
  /** The base branch that contains everything on which the change was stacked. */
  settledOn: z.string().nullable().default(null),
  /** True if the next cycle merges the base branch into the change. */
  needsBase: z.boolean().default(false),
  /** True if the commits are signed off: a check demanded it. */
  signsOff: z.boolean().default(false),
});

export type Followed = z.infer<typeof followed>;
export type CiFailure = z.infer<typeof failure>;
export type Rerun = z.infer<typeof rerun>;

/** A look may be late by this time. After a longer gap, such as a pause of the host, the observation starts again. */
const lateMsMax = 60_000;

/** The start of the time in which every look, including this one, has found nothing. */
export function noChecksSince(
  { noChecksSince: before }: Followed,
  row: { lookedAt: Date | null; looksUnchanged: number; updatedAt: Date },
  { sha, now }: { sha: string; now: Date },
): { sha: string; at: string } {
  const { lookedAt, looksUnchanged, updatedAt } = row;
  const dueMs = nextLookMs('waiting', looksUnchanged, now.getTime() - updatedAt.getTime()) ?? 0;
  const isGap = lookedAt === null || now.getTime() - lookedAt.getTime() > dueMs + lateMsMax;
  return before?.sha === sha && !isGap ? before : { sha, at: now.toISOString() };
}

/** A value that another version stored in another form counts as nothing done; every action has another limit too. */
export function readFollowed(stored: unknown): Followed {
  const read = followed.safeParse(stored);
  return read.success ? read.data : followed.parse({});
}

export function withFailure(before: Followed, added: CiFailure): Followed {
  return { ...before, failures: [...before.failures, added].slice(-followedLimits.failuresMax) };
}

export function withReruns(before: Followed, added: readonly Rerun[]): Followed {
  return { ...before, reruns: [...before.reruns, ...added].slice(-followedLimits.rerunsMax) };
}
