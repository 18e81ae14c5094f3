// The Architect's plan for a spec: work orders, their dependencies, and the contracts between them (R-SPEC-1,
// R-SPEC-3). The schema only defines what can be read as a plan; `plan-problems.ts` finds what makes a plan invalid.
import { z } from 'zod';
import { workOrderLimits } from '../work-order/work-order.ts';

export const planLimits = {
  workOrdersMax: 200,
  contractsMax: 100,
  filesMax: 100,
  acceptanceMax: 30,
  pathCharsMax: 1_024,
  lineCharsMax: 2_000,
  summaryCharsMax: 8_000,
  descriptionCharsMax: 20_000,
} as const;

export const fileKinds = ['source', 'test', 'config', 'docs', 'migration', 'schema', 'asset'] as const;
export const fileActs = ['create', 'change', 'delete'] as const;
export const proofKinds = ['test', 'command', 'file', 'none'] as const;
export const contractKinds = ['typescript', 'json_schema', 'openapi', 'sql', 'protobuf', 'command'] as const;

/** Rejects half surrogate pairs, which are not text, and control characters, which could forge lines in a terminal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: a plan contains none of these.
const isText = (text: string) => text.isWellFormed() && !/[\x00-\x08\x0b-\x1f\x7f\u2028\u2029]/.test(text);
const isLine = (text: string) => isText(text) && !text.includes('\n');
const line = (charsMax: number) => z.string().max(charsMax).refine(isLine, 'is not one line of text');
const text = (charsMax: number) => z.string().max(charsMax).refine(isText, 'is not text');

const key = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be lower-case letters, digits and hyphens, at most 40')
  .describe('a short name for this work order, unique in the plan, for example basket-api');
const path = line(planLimits.pathCharsMax)
  .min(1)
  .describe('relative to the root of the repository, with slashes');

const plannedFileSchema = z.object({
  path,
  act: z.string().max(40).describe(fileActs.join(', ')),
  kind: z.string().max(40).describe(fileKinds.join(', ')),
});

const acceptanceSchema = z.object({
  text: line(planLimits.lineCharsMax).min(1).describe('one fact that is true when the work order is done'),
  proof: z
    .string()
    .max(40)
    .describe(
      'how a program can verify it: test (a test file that passes), command (a command that exits with 0), file (a file that exists), or none',
    ),
  target: line(planLimits.lineCharsMax).describe(
    'the path of the test or file, or the command; empty if proof is none',
  ),
});

const contractSchema = z.object({
  name: line(100).min(1).describe('unique in the plan'),
  kind: z.string().max(40).describe(contractKinds.join(', ')),
  path: path.describe('the file that declares the contract'),
  provider: z.string().max(40).describe('the key of the work order that writes it'),
  users: z
    .array(z.string().max(40))
    .max(planLimits.workOrdersMax)
    .describe('the keys of those that rely on it'),
  command: line(planLimits.lineCharsMax).describe(
    'for the kind command: a command that exits with 0 while the contract holds; otherwise empty',
  ),
});

const plannedWorkOrderSchema = z.object({
  key,
  title: line(workOrderLimits.titleCharsMax).min(1),
  description: text(planLimits.descriptionCharsMax).describe(
    'everything that the agent needs to know; it sees nothing else of the plan',
  ),
  acceptance: z.array(acceptanceSchema).max(planLimits.acceptanceMax),
  files: z
    .array(plannedFileSchema)
    .max(planLimits.filesMax)
    .describe('the files that this work order creates, changes or deletes'),
  depends_on: z
    .array(z.string().max(40))
    .max(planLimits.workOrdersMax)
    .describe('keys of work orders that come first'),
  complexity: z.number().min(0).max(1).describe('0 is trivial, 1 is as hard as work orders get'),
});

export const planSchema = z.object({
  summary: text(planLimits.summaryCharsMax)
    .min(1)
    .describe('what will be built, and how the work is divided'),
  work_orders: z.array(plannedWorkOrderSchema).min(1),
  contracts: z.array(contractSchema).max(planLimits.contractsMax),
});

export type Plan = z.infer<typeof planSchema>;

/** The Architect's answer; `problem` says why it cannot be read as a plan. */
export type PlanAnswer = { plan: Plan } | { plan: null; problem: string };
