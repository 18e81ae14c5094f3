// Errors: one error, groups, how to reproduce one, and the classification of a finished operation (R-FAIL-6).
import { z } from '@hono/zod-openapi';
import {
  category,
  failureClass,
  metadata,
  nameCharsMax,
  pageOf,
  pageQuery,
  queryIntegerIfAny,
  rangeQuery,
  saysSomething,
  severity,
  time,
  uuid,
} from '../base.ts';

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

const centuryMs = 100 * 366 * 24 * 3_600_000;
export const errorGroupsQuery = rangeQuery.extend({
  within_ms: queryIntegerIfAny({ min: 0, max: centuryMs }).openapi({
    description: 'How far back from now, in milliseconds; used instead of `range`.',
  }),
  failure_class: failureClass.optional(),
  component: z.string().min(1).max(200).optional(),
  work_order: z.string().min(1).max(36).optional(),
});
/** What to count or list; texts, as in a query. */
export type ErrorsAsked = Omit<z.input<typeof errorGroupsQuery>, 'range'>;
export const errorsQuery = pageQuery.extend({
  ...errorGroupsQuery.shape,
  code: z.string().max(200).optional(),
  fingerprint: z.string().max(200).optional(),
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

const toolPath = z.string().min(1).max(4_096).optional();
export const reproductionQuery = z.object({
  node_path: toolPath.openapi({
    description: 'The path of Node where the script will run; default: that of the server.',
  }),
  moose_path: toolPath.openapi({ description: 'The folder of Moose there; default: that of the server.' }),
  version: z
    .string()
    .min(1)
    .max(nameCharsMax)
    .optional()
    .openapi({ description: 'The version of Moose there.' }),
});

/**
 * The name of a file below a folder: no absolute path, no `..` and no hidden file, so that a server cannot make the
 * command line write elsewhere.
 */
const innerPath = z
  .string()
  .max(200)
  .regex(/^[A-Za-z0-9_][\w.-]*(\/[A-Za-z0-9_][\w.-]*){0,5}$/, 'Must be a path inside the folder');

export const reproductionSchema = z
  .object({
    error_id: uuid,
    kind: z.enum(['check', 'patch', 'answer', 'git', 'evidence']),
    does: z.string(),
    expects: z.string(),
    files: z
      .array(
        z.object({
          path: innerPath,
          content: z.string(),
          content_base64: z.base64().nullable().openapi({
            description: 'The exact bytes of a file that is not UTF-8, whose `content` is only similar.',
          }),
          is_program: z.boolean(),
        }),
      )
      .max(100),
  })
  .openapi('Reproduction');
export type Reproduction = z.infer<typeof reproductionSchema>;

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

/** What the catalogues say about an error code; an ellipsis stands for what is known only when it happens. */
export const explainedErrorSchema = z.object({
  code: z.string(),
  /** Null if it is told as an alert or a problem, and never raised. */
  category: category.nullable(),
  means: z.string().nullable(),
  components: z.array(z.string()),
  /** Each wording of the code. */
  texts: z.array(z.object({ message: z.string(), advice: z.string().nullable() })),
  follows: z.string().nullable(),
  /** The rows of the built-in recovery table that name the code. */
  recovery: z.array(z.object({ component: z.string(), does: z.string(), because: z.string() })),
});
