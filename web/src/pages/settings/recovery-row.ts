// A row of the table that says what is done about a failure: its words, its sentence, and how it is written into a form.
import { tellDelays } from './exact-duration.ts';

export interface RecoveryRow {
  component: string;
  failure_class: string;
  category: string;
  code: string | null;
  act: string;
  delays_ms: number[];
  otherwise: string | null;
  because: string;
}

export const recoveryWords = {
  component: [
    '*',
    'routing',
    'generating',
    'applying',
    'verifying',
    'creating_pr',
    'tracking',
    'model',
    'forge',
  ],
  failure_class: [
    '*',
    'compile_error',
    'contract_violation',
    'test_fail',
    'lint_error',
    'orchestration_error',
    'budget_exceeded',
    'dependency_missing',
    'timeout',
    'unknown',
  ],
  category: ['*', 'transient', 'permanent', 'configuration', 'external'],
  act: ['retry', 'refine', 'fall_back', 'pause', 'compensate', 'escalate'],
  otherwise: ['refine', 'fall_back', 'pause', 'compensate', 'escalate'],
} as const;

export const actMeanings: Readonly<Record<string, string>> = {
  retry: 'the same again, after a delay',
  refine: 'back to the proposal, with what failed',
  fall_back: 'the next model or agent',
  pause: 'wait until what is to blame works again',
  compensate: 'undo what was done, and ask',
  escalate: 'keep everything, and ask',
};

/** What is not one is shown as far as it can be: an older version of Moose may have written it. */
export function asRows(value: unknown): RecoveryRow[] {
  return Array.isArray(value) ? value.map(asRow) : [];
}

function asRow(given: unknown): RecoveryRow {
  const row = (given ?? {}) as Readonly<Record<string, unknown>>;
  const text = (name: string, otherwise: string) => (typeof row[name] === 'string' ? row[name] : otherwise);
  const textOrNull = (name: string) => (typeof row[name] === 'string' ? row[name] : null);
  return {
    component: text('component', '*'),
    failure_class: text('failure_class', '*'),
    category: text('category', '*'),
    code: textOrNull('code'),
    act: text('act', ''),
    delays_ms: Array.isArray(row.delays_ms) ? row.delays_ms.map(Number) : [],
    otherwise: textOrNull('otherwise'),
    because: text('because', ''),
  };
}

export const wordOf = (word: string) => word.replaceAll('_', ' ');

/** `applying: timeout, transient`; of every failure alike `any failure`. */
export function whenOf({ component, failure_class, category, code }: RecoveryRow): string {
  const kinds = [failure_class, category].filter((word) => word !== '*').map(wordOf);
  const what = [...(code ? [code] : []), ...kinds].join(', ') || 'any failure';
  return component === '*' ? `anywhere: ${what}` : `${wordOf(component)}: ${what}`;
}

/** `retry after 1 s, 2 s, otherwise escalate`. */
export function doesOf({ act, delays_ms, otherwise }: RecoveryRow): string {
  const delays = tellDelays(delays_ms);
  const what = `${wordOf(act)}${delays === '' ? '' : ` after ${delays}`}`;
  return otherwise === null ? what : `${what}, otherwise ${wordOf(otherwise)}`;
}

export const sentenceOf = (row: RecoveryRow) => `${whenOf(row)} → ${doesOf(row)} (${row.because})`;
