// Errors: one error, groups, how to reproduce one, and the classification of a finished operation (R-FAIL-6).
import { z } from '@hono/zod-openapi';
import {
  category,
  failureClass,
  metadata,
  pageOf,
  pageQuery,
  rangeQuery,
  ranges,
  saysSomething,
  severity,
  time,
  uuid,
} from './base.ts';

export const errorSchema = z
  .object({
    id: uuid,
    timestamp: time,
    code: z.string(),
    message: z.string(),
    advice: z.string().nullable(),
    component: z.string(),
    operation: z.string(),
    severity,
    failure_class: failureClass,
    category,
    type: z.string(),
    recoverability: z.string(),
    retryable: z.boolean(),
    fallback_available: z.boolean(),
    rule: z.string().nullable(),
    confidence: z.number().nullable(),
    work_order_id: z.string().nullable(),
    run_id: z.string().nullable(),
    session_id: z.string().nullable(),
    step: z.string().nullable(),
    attempt: z.number().nullable(),
    fingerprint: z.string(),
    recovery_strategy: z.string().nullable(),
    recovery_success: z.boolean().nullable(),
    retry_count: z.number().int(),
    resolution_time_ms: z.number().nullable(),
    resolved_at: z.string().nullable(),
    process: metadata.nullable(),
    has_whole_evidence: z.boolean().nullable(),
    metadata,
    stack: z.string().nullable(),
  })
  .openapi('ErrorEvent');
export type ErrorCard = z.infer<typeof errorSchema>;
export const errorGroupsQuery = rangeQuery.extend({
  failure_class: failureClass.optional(),
  component: z.string().max(200).optional(),
  work_order: z.string().max(36).optional(),
});
export const errorsQuery = pageQuery.extend({
  range: z.enum(ranges).default('24h'),
  failure_class: failureClass.optional(),
  component: z.string().max(200).optional(),
  code: z.string().max(200).optional(),
  fingerprint: z.string().max(200).optional(),
  work_order: z.string().max(36).optional(),
});
export const errorPage = pageOf(errorSchema, 'ErrorEvents');

export const errorGroupsSchema = z
  .object({
    since: time,
    until: time,
    evidence: z.object({
      errors_of_processes: z.number().int(),
      errors_with_full_evidence: z.number().int(),
      share: z.number().nullable(),
    }),
    groups: z.array(
      z.object({
        fingerprint: z.string(),
        code: z.string(),
        component: z.string(),
        failure_class: failureClass,
        message_shape: z.string(),
        message: z.string(),
        newest_id: z.string(),
        count: z.number().int(),
        count_before: z.number().int(),
        trend: z.enum(['new', 'rising', 'falling', 'steady']),
        course: z.array(z.number()),
        first_seen_at: z.string(),
        last_seen_at: z.string(),
        work_orders: z.number().int(),
        work_order_ids: z.array(z.string()),
        recovered_share: z.number().nullable(),
      }),
    ),
  })
  .openapi('ErrorGroups');
export type ErrorGroups = z.infer<typeof errorGroupsSchema>;

export const reproductionSchema = z
  .object({
    error_id: uuid,
    kind: z.string(),
    does: z.string(),
    expects: z.string(),
    files: z.array(z.object({ path: z.string(), content: z.string() })),
  })
  .openapi('Reproduction');

/** A finished operation that Moose should classify. */
export const failureCaseSchema = z
  .object({
    cmd: z.string().optional(),
    exit_code: z.number().int().nullable().optional(),
    signal: z.string().max(40).nullable().optional(),
    stdout: z.string().optional(),
    stderr: z.string().optional(),
    http_status: z.number().int().optional(),
    http_headers: z.record(z.string(), z.string()).optional(),
    http_body: z.string().optional(),
    component: z.string().max(200).optional(),
  })
  .refine(saysSomething, 'Must not be empty')
  .openapi('FailureCase', { minProperties: 1 });
export const classifiedSchema = z
  .object({
    failure_class: failureClass,
    category,
    retryable: z.boolean(),
    recoverability: z.string(),
    type: z.string(),
    severity,
    context: metadata.openapi({ description: 'Details from the output: file, line, package, …' }),
    rule: z.string(),
    confidence: z.number(),
  })
  .openapi('Classified');
