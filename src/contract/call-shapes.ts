// The engine's own values, as they are sent to the command line of another machine: exact sums, times and bytes. If an
// answer of the engine differs from its shape here, the server does not compile.
import { z } from '@hono/zod-openapi';
import { failureCategories, failureClasses } from '../domain/failure.ts';
import { sessionPurposes } from '../domain/session.ts';
import { metadata, uuid } from './base.ts';
import { exactBytes, exactInteger, exactIntegerOrNull, exactTime, exactTimeOrNull } from './exact.ts';
import { settingSchema } from './settings.ts';

const state = z.record(z.string().max(40), z.string().nullable());

/** An event of a work order; `id` is the cursor to continue from. */
export const calledEvent = z.object({
  id: exactInteger,
  workOrderId: uuid,
  at: exactTime,
  kind: z.string(),
  fromState: state.nullable(),
  toState: state.nullable(),
  actor: z.string(),
  reason: z.string(),
  detail: metadata,
  factKey: z.string().nullable(),
});

/** What is needed to show the output of a session. */
export const calledSession = z.object({
  id: uuid,
  purpose: z.enum(sessionPurposes),
  name: z.string(),
  host: z.string(),
  viewer: z.string().nullable(),
  endedAt: exactTimeOrNull,
});

export const calledLimit = z.object({
  key: z.string(),
  kind: z.enum(['system', 'person', 'project']),
  name: z.string().nullable(),
  limitNanoUsd: exactInteger,
  usedNanoUsd: exactInteger,
  isFrozen: z.boolean(),
});

const spent = z.object({
  subject: z.string(),
  title: z.string().nullable(),
  calls: z.number(),
  nanoUsd: exactInteger,
});

export const calledBudget = z.object({
  windows: z.array(
    z.object({
      key: z.string(),
      name: z.string().nullable(),
      limitNanoUsd: exactInteger,
      spentNanoUsd: exactInteger,
      heldNanoUsd: exactInteger,
      presumedNanoUsd: exactInteger,
      overrunNanoUsd: exactInteger,
      isFrozen: z.boolean(),
    }),
  ),
  envelopes: z.array(
    z.object({
      id: z.string(),
      workOrderId: z.string().nullable(),
      title: z.string().nullable(),
      serviceName: z.string(),
      reservedNanoUsd: exactInteger,
      spentNanoUsd: exactInteger,
      presumedNanoUsd: exactInteger,
      openNanoUsd: exactInteger,
      createdAt: exactTime,
    }),
  ),
  calls: z.array(
    z.object({
      id: z.string(),
      workOrderId: z.string().nullable(),
      model: z.string().nullable(),
      serviceName: z.string(),
      heldNanoUsd: exactInteger,
      sinceMs: z.number(),
    }),
  ),
  byModel: z.array(spent),
  byWorkOrder: z.array(spent),
  architect: z.object({ spentNanoUsd: exactInteger, heldNanoUsd: exactInteger }),
});

export const calledDifference = z.object({
  of: z.string(),
  counter: z.enum(['held', 'spent', 'presumed', 'open']),
  countedNanoUsd: exactInteger,
  summedNanoUsd: exactInteger,
});

/** A pull request after its merge. Members are named as the forge's port names them. */
export const calledPullRequest = z.object({
  number: z.number().int(),
  url: z.string(),
  state: z.enum(['open', 'merged', 'closed']),
  title: z.string(),
  body: z.string(),
  headBranch: z.string(),
  headSha: z.string(),
  baseBranch: z.string(),
  mergedSha: z.string().nullable(),
  baseSha: z.string().nullable(),
  mergeable: z.boolean().nullable(),
  isDraft: z.boolean(),
});

const rates = z.object({
  aboveInputTokens: z.number(),
  input: exactInteger,
  cacheRead: exactInteger,
  cacheWrite: exactInteger,
  cacheWrite1h: exactInteger,
  output: exactInteger,
});

export const calledPrice = z.object({
  name: z.string(),
  version: z.string(),
  source: z.enum(['list', 'given', 'scripted']),
  from: exactTime,
  steps: z.array(rates).min(1).nullable(),
  contextTokens: z.number().nullable(),
  createdBy: z.string(),
  createdAt: exactTime,
  isInForce: z.boolean(),
});

export const calledRecomputed = z.object({
  checked: z.number(),
  unversioned: z.number(),
  differing: z.number(),
  differences: z.array(
    z.object({
      callId: z.string(),
      model: z.string(),
      priceVersion: z.string(),
      bookedNanoUsd: exactInteger,
      recomputedNanoUsd: exactIntegerOrNull,
    }),
  ),
});

export const calledCircuit = z.object({
  key: z.string(),
  kind: z.enum(['provider', 'model', 'forge', 'agent', 'git', 'notifier']),
  phase: z.enum(['closed', 'open', 'half_open']),
  since: exactTime,
  openedAt: exactTimeOrNull,
  openings: z.number(),
  because: z
    .object({ code: z.string(), message: z.string(), retryAfterMs: z.number().optional() })
    .nullable(),
  nextProbeAt: exactTimeOrNull,
  heldBy: z.string().nullable(),
  updatedBy: z.string(),
  pausedRuns: z.number(),
});

export const calledSummary = z.object({
  day: z.string(),
  timeZone: z.string(),
  isSoFar: z.boolean(),
  submitted: z.number(),
  completed: z.number(),
  failed: z.number(),
  cancelled: z.number(),
  completedTitles: z.array(z.string()),
  spentNanoUsd: exactInteger,
  wastedNanoUsd: exactInteger,
  errors: z.number(),
  recovered: z.number(),
  unrecovered: z.number(),
  escalated: z.number(),
  answered: z.number(),
  openEscalations: z.number(),
  openWorkOrders: z.number(),
  openAlerts: z.number(),
});

/** The recovery table in effect, and who changed it. */
export const calledRecovery = settingSchema
  .pick({ source: true, changed_by: true, changed_at: true })
  .extend({
    policies: z.array(
      z.object({
        component: z.string(),
        failureClass: z.enum([...failureClasses, '*']),
        category: z.enum([...failureCategories, '*']),
        code: z.string().optional(),
        act: z.string(),
        delaysMs: z.array(z.number()).optional(),
        otherwise: z.string().optional(),
        because: z.string(),
      }),
    ),
  });

/**
 * The name of a file below a folder: no absolute path, no `..` and no hidden file, so that a server cannot make the
 * command line write elsewhere.
 */
const innerPath = z
  .string()
  .max(200)
  .regex(/^[A-Za-z0-9_][\w.-]*(\/[A-Za-z0-9_][\w.-]*){0,5}$/, 'Must be a path inside the folder');

export const calledReproduction = z.object({
  kind: z.enum(['check', 'patch', 'answer', 'git', 'evidence']),
  does: z.string(),
  expects: z.string(),
  files: z
    .array(z.object({ path: innerPath, content: exactBytes, isProgram: z.literal(true).optional() }))
    .max(100),
});
