// The form's draft, the request body made from it, and the error messages by field.
import type { Problem, SubmissionBody } from '../../../../src/contract/contract.ts';

export interface Draft {
  repository_path: string;
  title: string;
  description: string;
  acceptance: string;
  /** One per line: `kind=command`. */
  checks: string;
  agent: string;
  model: string;
  /** Makes the change instead of an agent. */
  command: string;
  limit_usd: string;
  /** How many candidates; empty for one. */
  best_of: string;
  /** More repositories, one per line: a path, an address, or the name of a project. */
  also_in: string;
  /** Separated by commas or spaces: `KEY=VALUE`. */
  labels: string;
  needs_approval: boolean;
  allow_ci_changes: boolean;
  /** From here on, what may change beside the product. */
  tests_may_change: boolean;
  needs_test: boolean;
  /** Names or paths, one per line. */
  skips: string;
  removes: string;
  configuration: string;
}
export type DraftField = keyof Draft;
export type FieldProblems = Partial<Record<DraftField, string>>;

export const emptyDraft: Draft = {
  repository_path: '',
  title: '',
  description: '',
  acceptance: '',
  checks: '',
  agent: '',
  model: '',
  command: '',
  limit_usd: '',
  best_of: '',
  also_in: '',
  labels: '',
  needs_approval: false,
  allow_ci_changes: false,
  tests_may_change: false,
  needs_test: false,
  skips: '',
  removes: '',
  configuration: '',
};

const fields = Object.keys(emptyDraft) as DraftField[];

export function bodyOf(draft: Draft): { body: SubmissionBody; problems: FieldProblems } {
  const problems: FieldProblems = {};
  const text = (name: 'description' | 'acceptance' | 'agent' | 'model' | 'command') =>
    draft[name].trim() === '' ? {} : { [name]: draft[name].trim() };
  if (draft.title.trim() === '') problems.title = 'Enter a title.';
  if (draft.command.trim() !== '' && others(draft).length > 0)
    problems.command = `Leave empty: ${others(draft).join(', ')}. The command makes the change itself.`;
  if (draft.repository_path.trim() === '') problems.repository_path = 'Enter the path of the repository.';
  const lines = draft.checks.split('\n').filter((line) => line.trim() !== '');
  const checks = lines.map((line) => {
    const at = line.indexOf('=');
    const check = { kind: line.slice(0, at).trim(), command: line.slice(at + 1).trim() };
    if (at < 1 || check.command === '')
      problems.checks = `'${line.trim()}' is not in the form kind=command, e.g. test=npm test`;
    return check;
  });
  const limit = Number(draft.limit_usd);
  const isLimit = limit > 0 && Number.isFinite(limit);
  if (draft.limit_usd.trim() !== '' && !isLimit) problems.limit_usd = 'Enter an amount above $0.';
  const bestOf = Number(draft.best_of);
  const isMany = Number.isInteger(bestOf) && bestOf >= 2 && bestOf <= 5;
  if (draft.best_of.trim() !== '' && !isMany)
    problems.best_of = 'Enter a number from 2 to 5, or leave it empty.';
  const alsoIn = placesOf(draft.also_in);
  if (alsoIn.length > 4) problems.also_in = 'Enter at most four more repositories.';
  const labels = draft.labels.split(/[\s,]+/).filter((label) => label !== '');
  const wrong = labels.find((label) => !/^[^=]+=[^=]+$/.test(label));
  if (wrong !== undefined) problems.labels = `'${wrong}' is not in the form KEY=VALUE, e.g. gpu=yes`;
  const asked = askedIn(draft);
  const body: SubmissionBody = {
    title: draft.title.trim(),
    repository_path: draft.repository_path.trim(),
    ...text('description'),
    ...text('acceptance'),
    ...text('agent'),
    ...text('model'),
    ...text('command'),
    ...(checks.length > 0 ? { checks } : {}),
    ...(isLimit ? { limit_usd: limit } : {}),
    ...(isMany ? { best_of: bestOf } : {}),
    ...(alsoIn.length > 0 ? { also_in: alsoIn } : {}),
    ...(labels.length > 0 ? { labels } : {}),
    ...(draft.needs_approval ? { needs_approval: true } : {}),
    ...(draft.allow_ci_changes ? { allow_ci_changes: true } : {}),
    ...(Object.keys(asked).length > 0 ? { asked } : {}),
  };
  return { body, problems };
}

/** The labels of fields that choose who works, which a command has already answered. */
function others({ agent, model, best_of, also_in }: Draft): string[] {
  const labels = { Agent: agent, Model: model, Candidates: best_of, 'Also in': also_in };
  return Object.entries(labels).flatMap(([label, value]) => (value.trim() === '' ? [] : [label]));
}

/** Empty if the task asks for nothing beside the product. */
function askedIn(draft: Draft): NonNullable<SubmissionBody['asked']> {
  const names = (member: 'skips' | 'removes' | 'configuration') => {
    const lines = draft[member].split('\n').flatMap((line) => line.trim() || []);
    return lines.length > 0 ? { [member]: lines } : {};
  };
  return {
    ...(draft.tests_may_change ? { tests: 'may_change' } : {}),
    ...(draft.needs_test ? { needs_test: true } : {}),
    ...names('skips'),
    ...names('removes'),
    ...names('configuration'),
  };
}

function placesOf(text: string): NonNullable<SubmissionBody['also_in']> {
  const places = text.split('\n').map((line) => line.trim());
  return places.flatMap((place) => {
    if (place === '') return [];
    return [/[/\\:]/.test(place) ? { repository_path: place } : { project: place }];
  });
}

/** Prefixes of error codes that belong to one field. */
const fieldOfCode: ReadonlyArray<readonly [beginning: string, field: DraftField]> = [
  ['REPOSITORY_', 'repository_path'],
  ['CHECK_', 'checks'],
  ['SECRET_IN_CHECK', 'checks'],
  ['COMMAND_', 'command'],
  ['SECRET_IN_COMMAND', 'command'],
  ['AGENT_', 'agent'],
  ['MODEL_', 'model'],
  ['LIMIT_', 'limit_usd'],
  ['LABEL_', 'labels'],
  ['CANDIDATES_', 'best_of'],
  ['JOINT_CHANGE_', 'also_in'],
];

/** Empty if the problem belongs to no field. */
export function fieldProblemsOf(problem: Problem): FieldProblems {
  const problems: FieldProblems = {};
  for (const { path, message } of problem.issues ?? []) {
    const [name, member] = path.split(/[./[]/);
    const field = fields.find((each) => each === (name === 'asked' ? member : name));
    if (field) problems[field] ??= message;
  }
  const [, field] = fieldOfCode.find(([beginning]) => problem.code.startsWith(beginning)) ?? [];
  if (field) problems[field] ??= `${asSentence(problem.detail)} ${problem.advice}`.trim();
  return problems;
}

const asSentence = (text: string) => (/[.!?]$/.test(text) ? text : `${text}.`);

const keptName = 'moose.draft';

/** Kept when the dialog closes or the session expires, until the tab is closed. */
export function readDraft(): Draft {
  try {
    const kept = JSON.parse(sessionStorage.getItem(keptName) ?? '{}') as Partial<Record<DraftField, unknown>>;
    const fitting = fields.filter((name) => typeof kept[name] === typeof emptyDraft[name]);
    return { ...emptyDraft, ...Object.fromEntries(fitting.map((name) => [name, kept[name]])) };
  } catch {
    return emptyDraft;
  }
}

export function keepDraft(draft: Draft | null): void {
  try {
    if (draft) sessionStorage.setItem(keptName, JSON.stringify(draft));
    else sessionStorage.removeItem(keptName);
  } catch {
    // Kept only while the form is open.
  }
}
