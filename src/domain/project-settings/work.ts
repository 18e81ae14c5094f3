// What the work orders of a project start with, what they may cost, and who answers for them.
import { z } from 'zod';
import { type LearningMode, learningModes } from '../learning/learning-mode.ts';
import { labelLimits, labelPattern } from '../machine/label.ts';
import { formatUsdNumber, nanoOfNumber, usdNumber } from '../money.ts';
import {
  allowsMoreSubtasks,
  defaultSubtasks,
  type SubtaskMode,
  subtaskModes,
} from '../work-order/subtask.ts';
import { workOrderLimits } from '../work-order/work-order.ts';
import { director } from './director.ts';
import { choiceOr, dollars, list, name, orNothing, type ProjectSetting, text } from './kinds.ts';

const timeLimit: ProjectSetting<number, number | null, number> = {
  kind: 'duration',
  schema: z.number().int().min(1).max(workOrderLimits.timeLimitMsMax),
  shown: z.number().int().nullable(),
  show: (stored) => stored ?? null,
  store: (given) => given,
  means: 'The time limit of the agent for work orders that do not specify one; null if not set here.',
  file: 'time',
  flag: '--time-limit <duration>',
  unsetBy: 'none',
  help: 'time limit of the agent, e.g. 45m; "none" removes it',
};

export const work = {
  base: text({
    means: 'The branch that changes start from; null: the default one.',
    file: 'base',
    line: 'base',
    flag: '--base <branch>',
    unsetBy: 'none',
    help: 'branch that changes start from; "none": the default one',
  }),
  limit_usd: {
    ...dollars({
      means: 'The limit on its total cost; null if it has none of its own.',
      line: 'limit',
      unset: 'none',
      flag: '--limit <usd>',
      unsetBy: 'none',
      help: 'maximum total cost of the work orders of the project, counted from when the limit is first set; "none" removes it',
      person: {
        may: 'raise or remove it',
        widens: (next, now, project) => {
          if (now === null || (next !== null && next <= now)) return null;
          return next === null
            ? `removing the limit of the project ${project}`
            : `raising the limit of the project ${project} to ${formatUsdNumber(next)}`;
        },
      },
    }),
    store: (given: number) => usdNumber(nanoOfNumber(given)),
  },
  work_order_limit_usd: dollars({
    means: 'The maximum cost of a work order that names none; null if not set here.',
    file: 'limit',
    flag: '--work-order-limit <usd>',
    unsetBy: 'none',
    help: 'maximum cost of a work order without a limit of its own; "none" removes it',
    person: {
      may: 'raise or remove it',
      widens: (next, now, project) =>
        now !== null && (next === null || next > now)
          ? `raising the limit of the work orders of ${project}`
          : null,
    },
  }),
  time_limit_ms: timeLimit,
  agent: text({
    means: 'The agent for work orders that do not specify one; null if not set here.',
    file: 'agent',
    line: 'agent',
    unset: 'the default',
    flag: '--agent <name>',
    unsetBy: 'none',
    help: 'agent for work orders that do not specify one; "none": the default',
  }),
  model: text({
    means: 'The model for work orders that do not specify one; null if not set here.',
    file: 'model',
    flag: '--model <provider/model>',
    unsetBy: 'none',
    help: 'model for work orders that do not specify one; "none" removes it',
  }),
  labels: list({
    kind: 'list',
    entry: z.string().regex(labelPattern, 'Must be KEY=VALUE, as in gpu=yes'),
    most: labelLimits.labelsMax,
    store: orNothing,
    means: 'The labels that a machine must have to run its work orders; null: any machine.',
    line: 'labels',
    unset: 'none: any machine runs its work orders',
    flag: '--label <key=value>',
    unsetBy: 'none',
    help: 'only machines with this label run the work orders of the project (`moose worker --label`); repeatable; "none": any machine',
  }),
  owner: text({
    schema: name.regex(/^\S+$/, 'Must be a name without spaces'),
    means:
      'The person who gets its questions, unless a person submitted the work order; null: whoever is on call.',
    line: 'owner',
    unset: 'none: whoever is on call gets its questions',
    flag: '--owner <person>',
    unsetBy: 'none',
    help: 'who gets questions about the project, unless a person submitted the work order; "none": the person on call',
    form: {
      card: 'Owner',
      label: 'Gets the questions about this project',
      help: 'The name with which this person signs in. Whoever submitted a work order gets its question first.',
    },
  }),
  subtasks: choiceOr<SubtaskMode>({
    choices: subtaskModes,
    default: defaultSubtasks,
    means:
      'Whether its agents may ask for work orders of their own. `ask`: a person approves each one before it starts.',
    line: 'sub-tasks',
    words: {
      off: 'off',
      ask: 'ask: a person approves each one before it starts',
      allow: 'allow: they start by themselves',
    },
    flag: '--subtasks <mode>',
    help: 'whether agents of the project may ask for work orders of their own, paid from their limit: off, ask (a person approves each one before it starts) or allow',
    person: {
      may: 'allow more',
      widens: (next, now, project) => {
        if (next === null || !allowsMoreSubtasks(next, now)) return null;
        const how = next === 'allow' ? ' without the approval of a person' : '';
        return `letting agents of ${project} ask for sub-tasks${how}`;
      },
    },
    form: {
      card: 'Sub-tasks',
      label: 'An agent may ask for work orders of its own',
      help: 'What they may cost is taken out of the limit of its work order, so work orders without a limit have none.',
    },
  }),
  director,
  learning: choiceOr<LearningMode>({
    choices: learningModes,
    default: 'shadow',
    means:
      '`off`: nothing is learned. `shadow`: the learned policy makes choices, which are recorded but not followed; the static rule is followed. `on`: the learned policy is followed once it has enough data.',
    line: 'learning',
    words: {
      off: 'off: nothing is learned',
      shadow: 'shadow: log what it would choose',
      on: 'on: choose, once there is enough data',
    },
    flag: '--learning <mode>',
    help: 'whether the learned policy chooses models and agents: off, shadow (only log what it would choose), or on (as soon as it has enough data: see `moose project show`)',
    person: {
      may: 'turn it on',
      widens: (next, now, project) =>
        next === 'on' && now !== 'on' ? `letting Moose choose models and agents of ${project}` : null,
    },
    form: {
      card: 'Learning',
      label: 'Choice of models and agents',
      help: 'Moose chooses by the outcomes of earlier work orders. A tenth of the work orders still uses the static rule.',
    },
  }),
};
