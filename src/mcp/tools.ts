// What an assistant can ask of Moose: few tools, each named for what it does, with the limits that programs have.
import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { PermanentError } from '../domain/failure.ts';
import { nanoOfUsd } from '../domain/money.ts';
import { statuses, steps } from '../domain/transitions.ts';
import type { Moose } from '../engine/moose.ts';

export interface Tool<Shape extends z.ZodRawShape = z.ZodRawShape> {
  name: string;
  description: string;
  input: Shape;
  /** It changes nothing. */
  isReadOnly?: true;
  /** What it takes away does not come back by itself. */
  isDestructive?: true;
  run(moose: Moose, given: z.output<z.ZodObject<Shape>>): Promise<object>;
}

const listedMax = 50;
const textCharsMax = 100_000;
const name = z.string().min(1).max(200);
const text = z.string().max(textCharsMax);
const id = z
  .string()
  .regex(/^[0-9a-f-]{4,36}$/i)
  .describe('The id of a work order, or the beginning or the end of one');
const because = z.string().max(4_000).optional().describe('Why; it stands in its log');

/** Keeps the types of each input beside its `run`, and forgets them in the list. */
function tool<Shape extends z.ZodRawShape>(given: Tool<Shape>): Tool {
  return given as unknown as Tool;
}

export const tools: readonly Tool[] = [
  tool({
    name: 'submit_work_order',
    description:
      'Submit work on a git repository of the machine of Moose. A coding agent carries it out unattended; it ends in a pull request, or in a question to a human.',
    input: {
      title: name.describe('What is to be done, in one line'),
      repository_path: z.string().min(1).max(4_096).describe('Absolute'),
      description: text.optional(),
      acceptance: text.optional().describe('How one sees that it is done'),
      agent: name.optional(),
      model: name.optional().describe('provider/model'),
      limit_usd: z.number().positive().max(1_000_000).optional().describe('The most that it may cost in all'),
      needs_approval: z.boolean().optional().describe('It begins only when a human has approved it'),
    },
    run: async (moose, { repository_path, limit_usd, needs_approval, ...given }) => {
      if (!isAbsolute(repository_path)) throw relative(repository_path);
      const { order, warnings } = await moose.submit({
        ...given,
        repositoryPath: repository_path,
        limitNanoUsd: limit_usd === undefined ? undefined : nanoOfUsd(limit_usd),
        needsApproval: needs_approval,
      });
      return { work_order: await moose.workOrders.one(order.id), warnings };
    },
  }),
  tool({
    name: 'list_work_orders',
    description: 'Work orders, newest first, each with why it does not move, or what it does, in one line.',
    input: {
      status: z.array(z.enum(statuses)).optional(),
      needs_you: z.boolean().optional().describe('Those alone that wait for a human'),
      text: name.optional().describe('In the title'),
      limit: z.number().int().min(1).max(listedMax).default(20),
      cursor: name.optional().describe('`next_cursor` of the page before'),
    },
    isReadOnly: true,
    run: (moose, { status, needs_you, text: words, limit, cursor }) =>
      moose.workOrders.page({
        ...{ sort: 'created', limit, cursor },
        ...(status === undefined ? {} : { statuses: status }),
        ...(needs_you === undefined ? {} : { needsYou: needs_you }),
        ...(words === undefined ? {} : { text: words }),
      }),
  }),
  tool({
    name: 'show_work_order',
    description: 'One work order in full: its steps, costs, checks, errors, and what may be done to it now.',
    input: { id },
    isReadOnly: true,
    run: (moose, given) => moose.workOrders.detail(given.id),
  }),
  tool({
    name: 'explain_work_order',
    description: 'Why a work order does not move, or what it does now, and what would unblock it.',
    input: { id },
    isReadOnly: true,
    run: async (moose, given) => {
      const { id: whole, title, status, explain, escalation_id } = await moose.workOrders.one(given.id);
      return { id: whole, title, status, explain, escalation_id };
    },
  }),
  tool({
    name: 'list_escalations',
    description: 'Open questions to a human, each with its cause, its evidence and its options.',
    input: {
      limit: z.number().int().min(1).max(listedMax).default(10),
      cursor: name.optional(),
    },
    isReadOnly: true,
    run: (moose, given) => moose.escalations.page({ all: false, ...given }),
  }),
  tool({
    name: 'answer_escalation',
    description:
      'Choose an option of an open question; it is carried out at once. Ask the human first where money, a risk or a loss is in it.',
    input: {
      id: id.describe('Of the question, or of its work order'),
      option: name.describe('The id of one of its options'),
      note: text.optional().describe('What the next attempt has to know'),
      always: z.boolean().default(false).describe('From now on, for this kind of failure in this project'),
    },
    isDestructive: true,
    run: (moose, { id: given, option, note, always }) =>
      moose.escalations.answerOnce(given, option, { always, ...(note === undefined ? {} : { note }) }),
  }),
  tool({
    name: 'pause_work_order',
    description: 'What is under way ends, and nothing new begins before it is resumed.',
    input: { id, because },
    run: async (moose, given) => {
      await moose.pause(given.id, given.because);
      return moose.workOrders.one(given.id);
    },
  }),
  tool({
    name: 'resume_work_order',
    description: 'Let a paused one go on. What a human has paused, a human lets go on.',
    input: { id, because },
    run: async (moose, given) => {
      await moose.resume(given.id, given.because);
      return moose.workOrders.one(given.id);
    },
  }),
  tool({
    name: 'cancel_work_order',
    description: 'Stop it for good: its process and its worktree go, its branch and its commits stay.',
    input: { id },
    isDestructive: true,
    run: async (moose, given) => {
      await moose.cancel(given.id);
      return moose.workOrders.one(given.id);
    },
  }),
  tool({
    name: 'retry_work_order',
    description:
      'Another run of one that has stopped, from where it stopped or from a chosen step. Of a completed one whose pull request conflicts: a new work order that does it again.',
    input: {
      id,
      from: z.enum(steps).optional(),
      model: name.optional(),
      agent: name.optional(),
      note: text.optional().describe('Added instructions'),
    },
    run: async (moose, { id: given, from, model, agent, note }) => {
      const view = await moose.retry(given, {
        ...(from ? { from } : {}),
        ...(model ? { model } : {}),
        ...(agent ? { agent } : {}),
        ...(note ? { note } : {}),
      });
      return moose.workOrders.one(view.id);
    },
  }),
];

function relative(path: string): PermanentError {
  return new PermanentError({
    code: 'REPOSITORY_PATH_RELATIVE',
    component: 'mcp',
    operation: 'submit',
    message: `"${path.slice(0, 200)}" is not the whole path of a repository on the machine of Moose.`,
    advice: 'Give it from the root on, as in /srv/project.',
  });
}
