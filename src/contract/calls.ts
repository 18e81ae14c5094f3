// The calls that only the command line of another machine makes, with the same answers as from a local database. Each
// call is `POST /api/calls/NAME`.
import { z } from '@hono/zod-openapi';
import { failureClasses } from '../domain/failure.ts';
import { nameCharsMax } from './base.ts';
import {
  calledBudget,
  calledCircuit,
  calledDifference,
  calledEvent,
  calledLimit,
  calledPrice,
  calledPullRequest,
  calledRecomputed,
  calledRecovery,
  calledReproduction,
  calledSession,
  calledSummary,
} from './call-shapes.ts';
import { errorGroupsSchema, errorSchema } from './errors.ts';
import { measuredEscalationsSchema } from './escalations.ts';
import { exactInteger } from './exact.ts';
import { forgeCheckSchema, forgeHostSchema, newForgeSchema } from './forges.ts';
import { printedAlertSchema, printedDetailSchema, printedWorkOrderSchema } from './printed.ts';
import { rotatedKeySchema, secretsKeySchema } from './project-variables.ts';
import { projectSchema } from './projects.ts';
import { settingSchema } from './settings.ts';

type CallRole = 'viewer' | 'operator' | 'admin';

interface Call {
  summary: string;
  /** Who may make the call. */
  role: CallRole;
  input: z.ZodType;
  output: z.ZodType;
}

const given = z.string().min(1).max(nameCharsMax);
const one = z.strictObject({ id: given });
const nothing = z.strictObject({});
const all = z.strictObject({ all: z.boolean().default(false) });
/** The ID of an event; 0 precedes all of them. */
const eventPlace = z.string().regex(/^\d{1,18}$/, 'Must be a whole number');
const listedMax = 10_000;
const centuryMs = 100 * 366 * 24 * 3_600_000;
/** The maximum number of events in one answer; the caller then asks for the next ones. */
export const calledEventsMax = 1_000;

const errorQuestion = z.strictObject({
  workOrder: given.optional(),
  failureClass: z.enum(failureClasses).optional(),
  component: given.optional(),
  withinMs: z.number().int().min(0).max(centuryMs),
});

export const calls = {
  'work-order': {
    summary: 'Show a work order in brief',
    role: 'viewer',
    input: one,
    output: printedWorkOrderSchema,
  },
  'work-orders': {
    summary: 'List work orders, newest first',
    role: 'viewer',
    input: z.strictObject({
      limit: z.number().int().min(1).max(listedMax),
      status: given.optional(),
      project: given.optional(),
      needs_you: z.boolean().optional(),
      text: given.optional(),
    }),
    output: z.array(printedWorkOrderSchema),
  },
  'work-order-in-full': {
    summary: 'Show everything about a work order, oldest first',
    role: 'viewer',
    input: one,
    output: printedDetailSchema,
  },
  events: {
    summary: 'List the events of a work order after a cursor, oldest first',
    role: 'viewer',
    input: z.strictObject({ id: given, after: eventPlace }),
    output: z.object({
      /** Read before the events: if true, no event is missing after the last answer. */
      is_settled: z.boolean(),
      newest_id: exactInteger,
      events: z.array(calledEvent).max(calledEventsMax),
    }),
  },
  sessions: {
    summary: 'List the sessions of a work order, oldest first',
    role: 'viewer',
    input: one,
    output: z.array(calledSession),
  },
  patch: {
    summary: 'Get the whole change of a work order as a patch',
    role: 'viewer',
    input: one,
    output: z.object({ patch: z.string().nullable() }),
  },
  merge: {
    summary: 'Merge the pull request of a work order, and show it',
    role: 'operator',
    input: one,
    output: calledPullRequest,
  },
  errors: {
    summary: 'List errors within a time, newest first',
    role: 'viewer',
    input: errorQuestion.extend({ limit: z.number().int().min(1).max(listedMax) }),
    output: z.array(errorSchema),
  },
  'error-groups': {
    summary: 'List errors within a time, grouped by fingerprint',
    role: 'viewer',
    input: errorQuestion,
    output: errorGroupsSchema,
  },
  reproduction: {
    summary: 'Get the files that reproduce an error, for the programs of the caller',
    role: 'viewer',
    input: z.strictObject({
      id: given,
      tools: z.strictObject({
        nodePath: z.string().max(4_096),
        moosePath: z.string().max(4_096),
        version: given,
      }),
    }),
    output: z.object({ error: errorSchema, reproduction: calledReproduction }),
  },
  alerts: {
    summary: 'List alerts with their keys',
    role: 'viewer',
    input: all,
    output: z.array(printedAlertSchema),
  },
  'alert-resolve': {
    summary: 'Resolve an alert, and show it with its key',
    role: 'operator',
    input: one,
    output: printedAlertSchema,
  },
  'escalation-measures': {
    summary: 'Show how well questions are asked and answered',
    role: 'viewer',
    input: nothing,
    output: measuredEscalationsSchema,
  },
  limits: {
    summary: 'Show spending limits exactly',
    role: 'viewer',
    input: nothing,
    output: z.array(calledLimit),
  },
  budget: { summary: 'Show the budget exactly', role: 'viewer', input: nothing, output: calledBudget },
  'budget-check': {
    summary: 'Compare each counter with the sum of its rows',
    role: 'viewer',
    input: nothing,
    output: z.array(calledDifference),
  },
  prices: {
    summary: 'List model prices exactly',
    role: 'viewer',
    input: z.strictObject({ name: given.optional(), all: z.boolean().default(false) }),
    output: z.array(calledPrice),
  },
  'recomputed-costs': {
    summary: 'Recompute the cost of every settled call, and compare',
    // Expensive: reads every call ever made.
    role: 'operator',
    input: nothing,
    output: calledRecomputed,
  },
  circuits: {
    summary: 'List circuit breakers',
    role: 'viewer',
    input: nothing,
    output: z.array(calledCircuit),
  },
  circuit: {
    summary: 'Show one circuit breaker',
    role: 'viewer',
    input: z.strictObject({ key: given }),
    output: calledCircuit,
  },
  summary: {
    summary: 'Summarize a day exactly',
    role: 'viewer',
    input: z.strictObject({ day: z.string().max(40).optional() }),
    output: calledSummary,
  },
  project: {
    summary: 'Show a project by its name',
    role: 'viewer',
    input: z.strictObject({ name: given }),
    output: projectSchema,
  },
  setting: {
    summary: 'Show one setting',
    role: 'viewer',
    input: z.strictObject({ key: given }),
    output: settingSchema,
  },
  'recovery-table': {
    summary: 'Show the recovery table in effect',
    role: 'viewer',
    input: nothing,
    output: calledRecovery,
  },
  forges: {
    summary: 'List forges and what is left of their rate limits',
    role: 'viewer',
    input: nothing,
    output: z.array(forgeHostSchema),
  },
  'forge-add': {
    summary: 'Register or update a forge; only people can',
    role: 'admin',
    input: newForgeSchema,
    output: forgeHostSchema,
  },
  'forge-remove': {
    summary: 'Remove a forge; its projects then use local pull requests',
    role: 'admin',
    input: z.strictObject({ host: given }),
    output: z.object({ removed: z.string() }),
  },
  'forge-check': {
    summary: 'Ask forges what Moose may do in the repositories of projects',
    role: 'operator',
    input: z.strictObject({ of: given.optional() }),
    output: z.array(forgeCheckSchema),
  },
  'variables-key': {
    summary: "Show which keys of the projects' variables the server has",
    role: 'admin',
    input: nothing,
    output: secretsKeySchema,
  },
  'variables-rotate': {
    summary: 'Make a new key, and encrypt all variables of all projects with it',
    role: 'admin',
    input: nothing,
    output: rotatedKeySchema,
  },
} as const satisfies Readonly<Record<string, Call>>;

export type CallName = keyof typeof calls;
export type CallInput<Name extends CallName> = z.output<(typeof calls)[Name]['input']>;
/** Optional members have defaults. */
export type CallQuestion<Name extends CallName> = z.input<(typeof calls)[Name]['input']>;
export type CallOutput<Name extends CallName> = z.output<(typeof calls)[Name]['output']>;
export const callPath = <Name extends CallName>(name: Name) => `/api/calls/${name}` as const;
