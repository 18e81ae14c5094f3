// What is written into the form, and what is sent of it; what is wrong is said of the field in which it is.
import type { Problem, SubmissionBody } from '../../../../src/api/contract.ts';

export interface Draft {
  repository_path: string;
  title: string;
  description: string;
  acceptance: string;
  /** A line for each: `kind=command`. */
  checks: string;
  agent: string;
  model: string;
  limit_usd: string;
  needs_approval: boolean;
  allow_ci_changes: boolean;
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
  limit_usd: '',
  needs_approval: false,
  allow_ci_changes: false,
};

const fields = Object.keys(emptyDraft) as DraftField[];

export function bodyOf(draft: Draft): { body: SubmissionBody; problems: FieldProblems } {
  const problems: FieldProblems = {};
  const text = (name: 'description' | 'acceptance' | 'agent' | 'model') =>
    draft[name].trim() === '' ? {} : { [name]: draft[name].trim() };
  if (draft.title.trim() === '') problems.title = 'Say in one line what is to be done.';
  if (draft.repository_path.trim() === '') problems.repository_path = 'Say in which repository.';
  const lines = draft.checks.split('\n').filter((line) => line.trim() !== '');
  const checks = lines.map((line) => {
    const at = line.indexOf('=');
    const check = { kind: line.slice(0, at).trim(), command: line.slice(at + 1).trim() };
    if (at < 1 || check.command === '') problems.checks = `'${line.trim()}' is not like: test=npm test`;
    return check;
  });
  const limit = Number(draft.limit_usd);
  const isLimit = limit > 0 && Number.isFinite(limit);
  if (draft.limit_usd.trim() !== '' && !isLimit) problems.limit_usd = 'An amount above zero, in dollars.';
  const body: SubmissionBody = {
    title: draft.title.trim(),
    repository_path: draft.repository_path.trim(),
    ...text('description'),
    ...text('acceptance'),
    ...text('agent'),
    ...text('model'),
    ...(checks.length > 0 ? { checks } : {}),
    ...(isLimit ? { limit_usd: limit } : {}),
    ...(draft.needs_approval ? { needs_approval: true } : {}),
    ...(draft.allow_ci_changes ? { allow_ci_changes: true } : {}),
  };
  return { body, problems };
}

/** The beginnings of codes that are about one field. */
const fieldOfCode: ReadonlyArray<readonly [beginning: string, field: DraftField]> = [
  ['REPOSITORY_', 'repository_path'],
  ['CHECK_', 'checks'],
  ['SECRET_IN_CHECK', 'checks'],
  ['AGENT_', 'agent'],
  ['MODEL_', 'model'],
  ['LIMIT_', 'limit_usd'],
];

/** Empty: it is about no field, or about something else. */
export function fieldProblemsOf(problem: Problem): FieldProblems {
  const problems: FieldProblems = {};
  for (const { path, message } of problem.issues ?? []) {
    const field = fields.find((each) => each === path.split(/[./[]/)[0]);
    if (field) problems[field] ??= message;
  }
  const [, field] = fieldOfCode.find(([beginning]) => problem.code.startsWith(beginning)) ?? [];
  if (field) problems[field] ??= `${asSentence(problem.detail)} ${problem.advice}`.trim();
  return problems;
}

const asSentence = (text: string) => (/[.!?]$/.test(text) ? text : `${text}.`);

const keptName = 'moose.draft';

/** It outlives a closed window and a session that is over, and ends with the tab. */
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
    // It holds as long as the form is open.
  }
}
