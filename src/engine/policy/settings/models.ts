// The models and their order.
import { z } from 'zod';
import { efforts } from '../../../domain/learning/arm-name.ts';
import { fixed, type Setting } from './definition.ts';
import { fraction, integer, nameSchema, names, oneOf, partOf, whole } from './kinds.ts';

/** The value that means that nobody reviews. */
export const nobody = 'none';

export const allowedMembersKey = 'settings.models.allowed_members';

const ladder = (tier: 'light' | 'standard' | 'strong', whose: string): Setting<string[]> =>
  whole({
    key: `settings.models.${tier}`,
    environment: 'MOOSE_MODELS',
    default: [],
    kind: 'models',
    namesOf: 'model',
    schema: names({ min: 1 }),
    title: `Models for ${whose} work`,
    help: `Moose asks the first model for ${whose} work, and the next model if it fails. Takes effect with the next run.`,
  });

/** Null if nobody reviews (R-REC-4). */
const reviewer: Setting<string | null> = {
  default: null,
  parts: [
    partOf<string | null, string>({
      key: 'settings.models.reviewer',
      environment: 'MOOSE_REVIEWER',
      kind: 'choice',
      namesOf: 'model',
      schema: nameSchema,
      title: 'Reviewer',
      help: `This model reviews every proposal before Moose applies it, and every change of a coding agent whose checks pass, at its price. "${nobody}" turns reviews off.`,
      read: (name) => name ?? nobody,
      write: (_, name) => (name === nobody ? null : name),
    }),
  ],
};

/** Null if nobody reads tasks (R-GREEN-17). */
const taskReader: Setting<string | null> = {
  default: null,
  parts: [
    partOf<string | null, string>({
      key: 'settings.models.task_reader',
      environment: 'MOOSE_TASK_READER',
      kind: 'choice',
      namesOf: 'model',
      schema: nameSchema,
      title: 'Reader of tasks',
      help: `If nobody says what a task allows to change among its tests and settings, this model reads it in the task, in one call at its price. It sees the task alone, never the change. "${nobody}" turns it off: then nothing counts as asked.`,
      read: (name) => name ?? nobody,
      write: (_, name) => (name === nobody ? null : name),
    }),
  ],
};

export const models = {
  /** From the lightest to the strongest; each is `provider/model`. */
  models: {
    light: ladder('light', 'light'),
    standard: ladder('standard', 'standard'),
    strong: ladder('strong', 'risky'),
  },
  reviewer,
  taskReader,
  /** R-LRN-3: from which confidence on a pattern counts in routing. */
  patternConfidence: fraction({
    key: 'settings.models.pattern_confidence',
    default: 0.99,
    min: 0.5,
    max: 1,
    title: 'Confidence before a model is asked last',
    help: 'If a model fails more often than the others at a kind of work, with at least this confidence, Moose asks the other models of the tier first. 1 turns this off. `moose learning patterns` lists what was found.',
  }),
  /** R-LRN-4: the efforts among which the learned policy chooses, besides the agent's own. */
  efforts: whole<readonly string[]>({
    key: 'settings.models.efforts',
    default: [],
    kind: 'words',
    schema: z
      .array(oneOf(efforts), { error: `must be a list of ${efforts.join(', ')}` })
      .refine((list) => new Set(list).size === list.length, { error: 'must not contain duplicates' }),
    title: 'Efforts to learn about',
    help: `How much effort a model is told to spend on thinking: ${efforts.join(', ')}. The learned policy tries each effort in this list with every model of Claude Code and Codex. If the list is empty, the agent decides. Each effort needs results of its own, so list few.`,
  }),
  outputTokensMax: integer({
    key: 'settings.models.output_tokens',
    default: 16_000,
    min: 256,
    max: 1_000_000,
    title: 'Maximum answer of a model, in tokens',
    help: 'The longest answer of a model. For each call, Moose reserves the cost of such an answer.',
  }),
  /** R-BUD-3: what a newer agent sends, until Moose knows it. */
  allowedMembers: whole<readonly string[]>({
    key: allowedMembersKey,
    default: [],
    kind: 'words',
    schema: names({ min: 0 }),
    title: 'Allowed members of requests',
    help: 'Names of members of requests that Moose does not know, and sends all the same, such as diagnostics or tools.hint. Add one only if its provider documents that it costs nothing: no limit covers what it costs. Members that Moose knows to cost something stay refused.',
  }),
  contextCharsMax: fixed(200_000),
};
