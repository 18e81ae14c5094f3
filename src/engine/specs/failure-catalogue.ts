// What the errors of this room say: a code, its kind, its message and its advice each stand here once.
import { catalogue } from '../../domain/catalogue.ts';

export const specFailures = catalogue('specs', {
  APPROVAL_NOT_YOURS: {
    kind: 'permanent',
    message: 'Only a person can approve the plan of a spec. For a program, the Director decides.',
    advice: 'Let the Director decide: `moose spec plan {specId} --run`; or have a person approve it.',
  },
  MODEL_UNPRICED: {
    kind: 'configuration',
    message: 'The price of {model} is unknown, so Moose cannot estimate what a plan would cost.',
    advice:
      "Set its price in dollars per million tokens of input and of output: MOOSE_PRICES='{model}=0.20:0.60'.",
  },
  NO_MODEL: {
    kind: 'configuration',
    message: 'No model is configured that could plan a spec.',
    advice: 'Set MOOSE_MODELS, and the key of its provider.',
  },
  PLAN_COST_CHANGED: {
    kind: 'permanent',
    message:
      'Planning {name} costs at most {limit} now, and its estimate says {shown}: the model or its price has changed.',
    advice: 'Store the spec again to see what planning costs now, and plan the new one.',
  },
  PLAN_INVALID: {
    kind: 'permanent',
    message: 'The plan is not valid: {problems}',
    advice: 'Correct that, and send it again; the stored plan is unchanged.',
  },
  PLAN_NOT_NEWEST: {
    kind: 'permanent',
    message: 'The newest version of the plan is {newest}, but this approval is for version {version}.',
    advice: 'Look at the newest version (`moose spec show {specId}`), and approve that one.',
  },
  PLAN_NOT_VALID: {
    kind: 'permanent',
    message: 'Version {version} of the plan is not valid: {problem}',
    advice: 'Correct it first: `moose spec edit {specId} --file plan.json`, or plan the spec again.',
  },
  PROJECT_NOT_FOUND: {
    kind: 'permanent',
    message: 'The project of the spec has been removed.',
    advice: 'Store the spec again for another project; `moose project ls` lists the projects.',
  },
  PROJECT_NOT_FOUND_OMIT: {
    kind: 'permanent',
    code: 'PROJECT_NOT_FOUND',
    message: 'There is no project "{name}".',
    advice:
      'Omit it, list the projects with `moose project ls`, or ask an admin to add it: `moose project add PATH`.',
  },
  SPEC_APPROVED: {
    kind: 'permanent',
    message: 'Version {version} of the plan is already approved, so no other version can be approved.',
    advice: 'See how far it is with `moose spec status {specId}`; for another plan, store the spec again.',
  },
  SPEC_EMPTY: {
    kind: 'permanent',
    message: 'The spec has no text.',
    advice: 'Describe the work to do.',
  },
  SPEC_NAME_INVALID: {
    kind: 'permanent',
    message: 'A spec needs a name.',
    advice: 'Give it a name of 1 to 200 characters, with --name or by renaming the file.',
  },
  SPEC_NAME_INVALID_TOO_LONG: {
    kind: 'permanent',
    code: 'SPEC_NAME_INVALID',
    message: 'The name of the spec has {nameCount} characters; the limit is {specNameCharsMax}.',
    advice: 'Give it a name of 1 to 200 characters, with --name or by renaming the file.',
  },
  SPEC_NOT_TEXT: {
    kind: 'permanent',
    message: 'The spec is not UTF-8 text.',
    advice: 'Send Markdown or plain text in UTF-8; convert other formats first.',
  },
  SPEC_TOO_LARGE: {
    kind: 'permanent',
    message: 'The spec has {bytes} bytes; the limit is {specBytesMax}.',
    advice: 'Split it into several specs.',
  },
  SPEC_WITHOUT_PROJECT: {
    kind: 'permanent',
    message: 'The spec belongs to no project, so there is no repository to plan it for.',
    advice:
      'Specify the project: `moose spec plan {specId} --project NAME`; `moose project ls` lists the projects.',
  },
});
