// A row of the recovery table: its fields, its sentence, and how it is read from a stored value.
import { steps } from '../../parts/step-marks.ts';
import { reportDelays } from './exact-duration.ts';

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
  component: ['*', ...steps, 'model', 'reviewer', 'forge'],
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
  act: ['retry', 'refine', 'fall_back', 'pause', 'compensate', 'escalate', 'degrade'],
  otherwise: ['refine', 'fall_back', 'pause', 'compensate', 'escalate', 'degrade'],
} as const;

export const actMeanings: Readonly<Record<string, string>> = {
  retry: 'Repeat the step after a delay.',
  refine: 'Send the failure back to the model for another cycle.',
  fall_back: 'Use the next model or agent.',
  pause: 'Wait until the failing service recovers.',
  compensate: 'Undo all effects, unless a change was made, and ask a question.',
  escalate: 'Keep all effects and ask a question.',
  degrade: 'Continue without it and say so. Only for the reviewer.',
};

/** Reads rows leniently, since another version of Moose may have written them. */
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

/** E.g. `applying: timeout, transient`, or `any failure`. */
export function whenOf({ component, failure_class, category, code }: RecoveryRow): string {
  const kinds = [failure_class, category].filter((word) => word !== '*').map(wordOf);
  const what = [...(code ? [code] : []), ...kinds].join(', ') || 'any failure';
  return component === '*' ? `any component: ${what}` : `${wordOf(component)}: ${what}`;
}

/** E.g. `retry after 1 s, 2 s, otherwise escalate`. */
export function doesOf({ act, delays_ms, otherwise }: RecoveryRow): string {
  const delays = reportDelays(delays_ms);
  const what = `${wordOf(act)}${delays === '' ? '' : ` after ${delays}`}`;
  return otherwise === null ? what : `${what}, otherwise ${wordOf(otherwise)}`;
}

export const sentenceOf = (row: RecoveryRow) => `${whenOf(row)} → ${doesOf(row)} (${row.because})`;
