// What `moose replay` reads and prints: tables of outcomes, logs of decisions, and the lines of `--interactive`.
import { z } from '@hono/zod-openapi';
import { dollarsMax, priceFactorMax } from '../../domain/learning/costs.ts';
import { usd } from '../base.ts';

const armName = z
  .string()
  .min(1)
  .max(500)
  .refine((arm) => arm !== '-', 'An arm cannot be named "-": that means to stop');
const dollars = z.number().nonnegative().max(dollarsMax);
const features = z.record(z.string(), z.unknown());
const value = z.number().positive().max(dollarsMax);

/** The cells are checked where they are read into arrays, since there may be millions. */
export const outcomeTableSchema = z.object({
  instance_ids: z.array(z.string().or(z.number())),
  instances: z.array(z.record(z.string(), z.unknown())).optional(),
  models: z.array(
    z.object({
      key: armName,
      usable: z.boolean().optional(),
      cost_hint: dollars.nullish(),
      resolved: z.array(z.any()),
      cost: z.array(z.any()),
    }),
  ),
});
export type OutcomeTableFile = z.infer<typeof outcomeTableSchema>;

const isShare = (each: unknown) => typeof each === 'number' && each >= 0 && each <= 1.000001;
/** Not `z.record`, which drops an arm named `__proto__`. */
const propensities = z
  .custom<Record<string, number>>(
    (given) => typeof given === 'object' && given !== null && Object.values(given).every(isShare),
    'It must be an object with a number from 0 to 1 for each arm',
  )
  .openapi({ type: 'object', additionalProperties: { type: 'number' } });

/** A decision of a policy: a line of `--trace`, and of `--log`. The propensity of stopping has the key `-`. */
export const decisionLineSchema = z.object({
  policy: z.string(),
  order: z.number().int(),
  position: z.number().int(),
  task: z.string(),
  try: z.number().int().positive(),
  arm: armName.nullable(),
  propensities,
  status: z.enum(['success', 'failure', 'stopped']),
  cost: dollars,
  features: features.optional(),
});
export type DecisionLine = z.infer<typeof decisionLineSchema>;

const interval = z.object({ mean: z.number(), low: z.number(), high: z.number() });
/** Averages over the first `warm` tasks, or over those after them. */
const stretch = z.object({ value_per_task: usd, success: z.number(), dollars: usd });
const share = z.number().nullable();
const regret = z.object({ all: interval, after: interval.nullable() });

export const replayedTableSchema = z.object({
  command: z.literal('replay'),
  table: z.object({
    file: z.string(),
    sha256: z.string(),
    instances: z.number().int(),
    arms: z.array(z.string()),
    missing_cells: z.number().int(),
  }),
  value: usd,
  tries: z.number().int(),
  orders: z.number().int(),
  seed: z.number().int(),
  warm: z.number().int(),
  hindsight: z.object({
    'best-single': z.array(z.string()),
    'best-fixed-cascade': z.array(z.string()),
    oracle: z.object({ value_per_task: usd }),
  }),
  policies: z.record(
    z.string(),
    z.object({
      value_per_task: interval,
      success: z.number(),
      dollars: usd,
      tries_per_task: z.number(),
      /** True if the policy was chosen with knowledge of all outcomes. */
      hindsight: z.boolean(),
      first: stretch.nullable(),
      after: stretch.nullable(),
      /** The value of the reference minus that of the policy, paired by task. */
      regret: z.object({ 'best-single': regret, 'best-fixed-cascade': regret }),
      share_of_best_fixed_cascade: z.object({ all: share, first: share, after: share }),
    }),
  ),
});
export type ReplayedTable = z.infer<typeof replayedTableSchema>;
export type ReplayedPolicy = ReplayedTable['policies'][string];

const estimate = interval.nullable().optional();

export const replayedLogSchema = z.object({
  command: z.literal('replay'),
  log: z.object({
    file: z.string(),
    /** Only for Moose's own log: the choices that it cannot contain, with their numbers. */
    missing: z.record(z.string(), z.number().int()).optional(),
    work_orders: z.number().int(),
    decisions: z.number().int(),
    min_propensity: z.number(),
  }),
  value: usd,
  logged: z.object({ value_per_task: usd }),
  policies: z.record(
    z.string(),
    z.object({
      ips: estimate,
      snips: estimate,
      dr: estimate,
      effective_sample_size: z.number(),
      /** False: the log has too few decisions that this policy would also have made; its estimates mean nothing. */
      supported: z.boolean(),
      max_weight: z.number(),
    }),
  ),
});
export type ReplayedLog = z.infer<typeof replayedLogSchema>;

const newArm = z.object({ arm: armName, cost_hint: dollars.nullish(), parent: z.string().nullish() });
const taskName = z.string().max(10_000);
const tryNumber = z.number().int().positive();

/** A message from the judge to `moose replay --interactive`, one per line. */
export const judgeLineSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('hello'),
    protocol: z.literal(1),
    policy: z.enum(['learned', 'static']).default('learned'),
    value,
    max_tries: z.number().int().min(1).max(100).default(3),
    seed: z.number().int().default(1),
    features: z.array(z.string()).default([]),
    arms: z.array(newArm),
  }),
  z.object({
    type: z.literal('task'),
    task: taskName,
    features: features.default({}),
    arms: z.array(armName),
  }),
  z.object({
    type: z.literal('outcome'),
    task: taskName,
    try: tryNumber,
    arm: armName,
    status: z.enum(['success', 'failure', 'provider_fault']),
    cost: dollars,
    next: z.boolean(),
  }),
  z.object({
    type: z.literal('correction'),
    task: taskName,
    try: tryNumber,
    arm: armName,
    status: z.enum(['success', 'failure']),
  }),
  newArm.extend({ type: z.literal('arm') }),
  z.object({
    type: z.literal('price'),
    arm: armName,
    factor: z
      .number()
      .min(1 / priceFactorMax)
      .max(priceFactorMax),
  }),
  z.object({ type: z.literal('end') }),
]);
export type JudgeLine = z.infer<typeof judgeLineSchema>;

/** The answer to a message of the judge. */
export const judgedLineSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), protocol: z.literal(1), policy: z.string() }),
  z.object({
    type: z.literal('choose'),
    task: z.string(),
    try: tryNumber,
    arm: z.string().nullable(),
    propensities,
  }),
  z.object({
    type: z.literal('summary'),
    tasks: z.number().int(),
    tries: z.number().int(),
    successes: z.number().int(),
    cost: usd,
    value_per_task: usd,
  }),
]);
export type JudgedLine = z.infer<typeof judgedLineSchema>;
