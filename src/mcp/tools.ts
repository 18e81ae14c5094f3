// The tools that an assistant can call: few, each named for what it does, with the same limits as other programs.

import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { shortId } from '../contract/base.ts';
import {
  answerSchema,
  messageSchema,
  name,
  retrySchema,
  submissionSchema,
  workOrderSchema,
} from '../contract/contract.ts';
import type { Ask } from '../contract/operations/ask.ts';
import { answerEscalation, listEscalations } from '../contract/operations/escalations.ts';
import { listProjectVariables } from '../contract/operations/projects.ts';
import {
  cancelWorkOrder,
  pauseWorkOrder,
  resumeWorkOrder,
  retryWorkOrder,
  sendMessage,
  submitWorkOrder,
} from '../contract/operations/steering.ts';
import { listWorkOrders, showWorkOrder } from '../contract/operations/work-orders.ts';
import type { PermanentError } from '../domain/failure.ts';
import { statuses } from '../domain/transitions.ts';
import { isRemoteAddress, shownAddress } from '../git/remote/remote-address.ts';
import { mcpFailures } from './failure-catalogue.ts';

export interface Tool<Shape extends z.ZodRawShape = z.ZodRawShape> {
  name: string;
  description: string;
  input: Shape;
  /** Set if the tool changes nothing. */
  isReadOnly?: true;
  /** Set if the tool removes something that does not come back by itself. */
  isDestructive?: true;
  run(ask: Ask, given: z.output<z.ZodObject<Shape>>): Promise<object>;
}

const listedMax = 50;
const submission = submissionSchema.shape;
const answer = answerSchema.shape;
const message = messageSchema.shape;
const again = retrySchema.shape;
const id = shortId.describe('The id of a work order, or the start or the end of one');
const explanation = workOrderSchema.pick({
  id: true,
  title: true,
  status: true,
  stage: true,
  explain: true,
  escalation_id: true,
});
const because = z
  .string()
  .max(4_000)
  .optional()
  .describe('The reason; it is recorded in the log of the work order');

/** Checks the type of a tool's input against its `run`, and then drops it, so that all tools fit into one list. */
function tool<Shape extends z.ZodRawShape>(given: Tool<Shape>): Tool {
  return given as unknown as Tool;
}

export const tools: readonly Tool[] = [
  tool({
    name: 'submit_work_order',
    description:
      'Submit work on a git repository: a project of Moose, a path on the machine that runs Moose, or a remote. A coding agent does it unattended; the result is a pull request or a question to a person.',
    input: {
      title: submission.title.describe('What to do, in one line'),
      repository_path: submission.repository_path.describe(
        'An absolute path, or the address of a remote; over MOOSE_URL, only an admin adds a new one. Leave it out if `project` is given',
      ),
      project: submission.project.describe('The name of a project, instead of `repository_path`'),
      base: submission.base.describe("The branch to start from, instead of the project's"),
      description: submission.description,
      acceptance: submission.acceptance.describe('How to tell that it is done'),
      agent: submission.agent,
      model: submission.model.describe('provider/model'),
      labels: submission.labels.describe('The labels, KEY=VALUE, that a machine must have to do it'),
      limit_usd: submission.limit_usd.describe('The most that it may cost in total'),
      best_of: submission.best_of.describe(
        'How many candidates to make; the best one is kept, and the limit is divided among them',
      ),
      also_in: submission.also_in.describe(
        'More repositories for the same change: a work order in each, which follows those before it',
      ),
      needs_approval: submission.needs_approval.describe('It does not start until a person has approved it'),
    },
    run: (ask, given) => {
      const places = [given.repository_path, ...(given.also_in ?? []).map((also) => also.repository_path)];
      for (const path of places)
        if (path !== undefined && !isAbsolute(path) && !isRemoteAddress(path)) throw relative(path);
      return ask(submitWorkOrder, { body: given });
    },
  }),
  tool({
    name: 'list_work_orders',
    description: 'List work orders, newest first, each with one line on what it does or why it waits.',
    input: {
      status: z.array(z.enum(statuses)).optional(),
      needs_you: z.boolean().optional().describe('Only work orders that wait for a person'),
      text: name.optional().describe('Text in the title'),
      limit: z.number().int().min(1).max(listedMax).default(20),
      cursor: name.optional().describe('`next_cursor` of the previous page'),
    },
    isReadOnly: true,
    run: (ask, { status, text: q, ...query }) =>
      ask(listWorkOrders, { query: { ...query, status: status?.join(','), q } }),
  }),
  tool({
    name: 'show_work_order',
    description:
      'Show one work order in full: its steps, costs, checks, errors, and the actions possible now.',
    input: { id },
    isReadOnly: true,
    run: (ask, params) => ask(showWorkOrder, { params }),
  }),
  tool({
    name: 'explain_work_order',
    description: 'Explain what a work order does now or why it waits, and what would unblock it.',
    input: { id },
    isReadOnly: true,
    run: (ask, params) => ask(showWorkOrder, { params }, explanation),
  }),
  tool({
    name: 'list_escalations',
    description: 'List open questions to people, each with its cause, evidence and options.',
    input: {
      limit: z.number().int().min(1).max(listedMax).default(10),
      cursor: name.optional(),
    },
    isReadOnly: true,
    run: (ask, query) => ask(listEscalations, { query: { status: 'open', ...query } }),
  }),
  tool({
    name: 'answer_escalation',
    description:
      'Choose an option of an open question; Moose carries it out at once. Ask the user first if it involves money, risk or loss.',
    input: {
      id: id.describe('The id of the question or of its work order'),
      option: answer.option.describe('The id of one of its options'),
      note: answer.note.describe('What the next attempt must know'),
      always: answer.always.describe('Apply this answer from now on to this kind of failure in this project'),
    },
    isDestructive: true,
    run: (ask, { id: given, ...body }) => ask(answerEscalation, { params: { id: given }, body }),
  }),
  tool({
    name: 'send_message',
    description:
      'Send a message to a work order that is at work: every later prompt contains it, and nothing is published until it was read.',
    input: { id, text: message.text, file: message.file, line: message.line, now: message.now },
    run: (ask, { id: given, ...body }) => ask(sendMessage, { params: { id: given }, body }),
  }),
  tool({
    name: 'pause_work_order',
    description: 'Pause a work order. What is running finishes, and nothing new starts until it is resumed.',
    input: { id, because },
    run: (ask, { id: given, ...body }) => ask(pauseWorkOrder, { params: { id: given }, body }),
  }),
  tool({
    name: 'resume_work_order',
    description: 'Resume a paused work order. Only a person can resume what a person paused.',
    input: { id, because },
    run: (ask, { id: given, ...body }) => ask(resumeWorkOrder, { params: { id: given }, body }),
  }),
  tool({
    name: 'cancel_work_order',
    description:
      'Cancel a work order permanently: its process and worktree are removed, its branch and commits stay.',
    input: { id },
    isDestructive: true,
    run: (ask, params) => ask(cancelWorkOrder, { params }),
  }),
  tool({
    name: 'retry_work_order',
    description:
      'Start another run of a stopped work order, from where it stopped or from a chosen step. For a completed one whose pull request conflicts, submit a new work order that redoes it.',
    input: {
      id,
      from: again.from,
      model: again.model,
      agent: again.agent,
      note: again.note.describe('Additional instructions'),
    },
    run: (ask, { id: given, ...body }) => ask(retryWorkOrder, { params: { id: given }, body }),
  }),
  tool({
    name: 'list_project_variables',
    description:
      'List the names of the variables that setup, checks and agents of a project get. Values are not shown; only a person can change them.',
    input: { project: name.describe('The name of a project') },
    isReadOnly: true,
    run: async (ask, { project: of }) => {
      const { items } = await ask(listProjectVariables, { params: { id: of } });
      return { items: items.map(({ value: _, ...shown }) => shown) };
    },
  }),
];

function relative(path: string): PermanentError {
  return mcpFailures.REPOSITORY_PATH_RELATIVE('submit', { path: shownAddress(path).slice(0, 200) });
}
