// A work order's pull requests, as their forge last reported them.
import { z } from '@hono/zod-openapi';
import { verdicts } from '../../domain/forge/forge.ts';
import { time } from '../base.ts';

const checkOfForge = z
  .object({
    name: z.string(),
    state: z.enum(['queued', 'running', 'passed', 'failed', 'skipped', 'cancelled', 'unknown']),
    conclusion: z.string().nullable().openapi({ description: 'The conclusion in the words of the forge.' }),
    is_required: z.boolean(),
    attempt: z.number().int(),
    url: z.string().nullable(),
    summary: z.string().nullable(),
    obstacle: z.string().nullable().openapi({
      description:
        'Why the result of the check says nothing about the change, in the words of the forge: for example, it waits for an approval, its account cannot pay, or no runner took it. Null: the result counts.',
    }),
    log: z
      .object({
        tail: z.string(),
        is_cut: z.boolean().openapi({ description: 'True if the log begins before this part.' }),
        failed_step: z.string().nullable(),
      })
      .nullable()
      .openapi({
        description:
          "The end of the check's log, which Moose fetched for the repair; null if it fetched none.",
      }),
  })
  .openapi('CheckOfForge');
export type CheckOfForge = z.infer<typeof checkOfForge>;

const remark = z
  .object({
    key: z.string(),
    kind: z.enum(['comment', 'review', 'line']),
    author: z.string(),
    may_write: z.boolean().nullable().openapi({
      description: 'Whether the author may write to the repository; null: not checked yet.',
    }),
    body: z.string(),
    judgement: z.enum(['approved', 'changes_requested', 'commented', 'dismissed']).nullable(),
    path: z.string().nullable(),
    line: z.number().int().nullable(),
    is_resolved: z.boolean(),
    url: z.string().nullable(),
    written_at: time,
    state: z.enum(['new', 'ignored', 'command', 'sent', 'answered']).openapi({
      description: 'How Moose handled it. `sent`: a work order is working on it.',
    }),
    because: z.string().nullable(),
    answered_sha: z.string().nullable().openapi({ description: 'The commit that addresses it.' }),
  })
  .openapi('Remark');
export type RemarkView = z.infer<typeof remark>;

export const pullRequestSchema = z
  .object({
    number: z.number().int(),
    host: z.string().openapi({ description: '`local`: it exists only in Moose.' }),
    repository: z.string(),
    url: z.string().nullable(),
    state: z.enum(['open', 'merged', 'closed']),
    is_draft: z.boolean(),
    base_branch: z.string(),
    head_sha: z.string(),
    mergeable: z.boolean().nullable().openapi({ description: 'Null: the forge has not said.' }),
    verdict: z
      .enum(verdicts)
      .nullable()
      .openapi({ description: 'The result of the checks on `verdict_sha`. `none` is not green.' }),
    verdict_sha: z.string().nullable(),
    verdict_at: time.nullable(),
    waiting_for: z.string().nullable(),
    merge_queued_at: time.nullable(),
    merged_sha: z.string().nullable(),
    reverted_sha: z.string().nullable(),
    looked_at: time.nullable(),
    next_look_at: time.nullable(),
    checks: z.array(checkOfForge),
    remarks: z
      .array(remark)
      .openapi({ description: 'The newest remarks, in the order in which they were written.' }),
  })
  .openapi('PullRequest');
export type PullRequestView = z.infer<typeof pullRequestSchema>;

export const mergedPullRequestSchema = z
  .object({
    number: z.number().int(),
    url: z.string(),
    state: z
      .enum(['open', 'merged', 'closed'])
      .openapi({ description: '`open`: the forge merges it when its checks have passed.' }),
    title: z.string(),
    body: z.string(),
    head_branch: z.string(),
    head_sha: z.string(),
    base_branch: z.string(),
    base_sha: z.string().nullable(),
    merged_sha: z.string().nullable(),
    mergeable: z.boolean().nullable(),
    is_draft: z.boolean(),
  })
  .openapi('MergedPullRequest');
export type MergedPullRequest = z.infer<typeof mergedPullRequestSchema>;
