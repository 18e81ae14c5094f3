// Validates the recovery table that people write: complete rows, none unreachable, and a row for every failure (R-REC-5).
import { z } from 'zod';
import { failureCategories, failureClasses } from '../../domain/failure.ts';
import { runSteps } from '../../domain/transitions.ts';
import {
  codeFits,
  outsideComponents,
  policyFor,
  type RecoveryPolicy,
  recoveryActs,
} from './recovery-policy.ts';
import { oneOf, wholeNumber } from './settings/kinds.ts';

const rowsMax = 100;
const delaysMax = 1_000;
const delayMsMax = 24 * 3_600_000;
const sentenceCharsMax = 300;
const codeCharsMax = 100;

const components = [...runSteps, ...outsideComponents] as const;
const lastActs = ['refine', 'fall_back', 'pause', 'compensate', 'escalate', 'degrade'] as const;

const rowSchema = z
  .strictObject(
    {
      component: oneOf(['*', ...components]).default('*'),
      failure_class: oneOf(['*', ...failureClasses]).default('*'),
      category: oneOf(['*', ...failureCategories]).default('*'),
      code: z
        .string({ error: 'must be the code of an error' })
        .regex(/^[A-Z][A-Z0-9_]*\*?$/, {
          error: 'must be the code of an error, as in AGENT_CRASHED, or the beginning of some, as in DISK_*',
        })
        .max(codeCharsMax, { error: `must have at most ${codeCharsMax} characters` })
        .nullish(),
      act: oneOf(recoveryActs),
      delays_ms: z
        .array(wholeNumber({ min: 0, max: delayMsMax }, 'a whole number of milliseconds'), {
          error: 'must be a list of delays in milliseconds',
        })
        .max(delaysMax, { error: `must have at most ${delaysMax} delays` })
        .default([]),
      otherwise: oneOf(lastActs).nullish(),
      because: z
        .string({ error: 'must give the reason, in a sentence' })
        .trim()
        .min(1, { error: 'must give the reason, in a sentence' })
        .max(sentenceCharsMax, { error: `must have at most ${sentenceCharsMax} characters` }),
      /** The description that the command line prints with each row; it is ignored here. */
      does: z.string().optional(),
    },
    { error: ({ code }) => (code === 'invalid_type' ? 'must be a row of the table' : undefined) },
  )
  .superRefine((row, context) => {
    const refuse = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message, input: row });
    const delays = row.delays_ms.length;
    if (row.act === 'retry' && delays === 0) refuse('delays_ms', 'must name a delay for each retry');
    if (row.act !== 'retry' && row.act !== 'pause' && delays > 0)
      refuse('delays_ms', 'is only for a retry or a pause');
    if (row.otherwise && row.act !== 'retry' && row.act !== 'fall_back' && row.act !== 'pause')
      refuse(
        'otherwise',
        'is only for a retry, a fall back or a pause, because every other act is always possible',
      );
    if (row.otherwise && row.otherwise === row.act) refuse('otherwise', 'must differ from the act');
    for (const field of ['act', 'otherwise'] as const)
      if (row[field] === 'degrade' && row.component !== 'reviewer')
        refuse(field, 'can be degrade only for the component reviewer: Moose needs everything else');
  });

export type RecoveryRow = z.infer<typeof rowSchema>;

export const recoveryTableSchema = z
  .array(rowSchema, { error: 'must be a list of rows' })
  .min(1, { error: 'must have a row' })
  .max(rowsMax, { error: `must have at most ${rowsMax} rows` })
  .superRefine((rows, context) => {
    const refuse = (path: PropertyKey[], message: string) =>
      context.addIssue({ code: 'custom', path, message, input: rows });
    const unmet = unmetBy(policiesOfRows(rows));
    if (unmet !== null)
      refuse([], `has no row for ${unmet}: end it with a row that matches every failure and asks a person`);
    for (const [index, row] of rows.entries()) {
      const hiding = rows.slice(0, index).findIndex((earlier) => covers(earlier, row));
      if (hiding >= 0)
        refuse(
          [index],
          `is never reached: row ${hiding + 1} comes before it and matches everything that it matches`,
        );
    }
  });

export function rowsOfPolicies(policies: readonly RecoveryPolicy[]): RecoveryRow[] {
  return policies.map(({ component, failureClass, category, code, act, delaysMs, otherwise, because }) => ({
    component,
    failure_class: failureClass,
    category,
    code: code ?? null,
    act,
    delays_ms: [...(delaysMs ?? [])],
    otherwise: otherwise ?? null,
    because,
  }));
}

export function policiesOfRows(rows: readonly RecoveryRow[]): RecoveryPolicy[] {
  return rows.map(({ component, failure_class, category, code, act, delays_ms, otherwise, because }) => ({
    component,
    failureClass: failure_class,
    category,
    act,
    because,
    ...(code ? { code } : {}),
    ...(delays_ms.length > 0 ? { delaysMs: delays_ms } : {}),
    ...(otherwise ? { otherwise } : {}),
  }));
}

/** The first kind of failure that no row matches, in words. The reviewer needs no row, because it can be left out. */
function unmetBy(policies: readonly RecoveryPolicy[]): string | null {
  for (const component of components.filter((name) => name !== 'reviewer')) {
    for (const category of failureCategories) {
      for (const failureClass of failureClasses) {
        const failure = { category, failureClass, code: '', retryAfterMs: undefined };
        if (!policyFor(policies, component, failure))
          return `a failure of ${component} that is ${category} and a ${failureClass}`;
      }
    }
  }
  return null;
}

function covers(earlier: RecoveryRow, later: RecoveryRow): boolean {
  const fits = (one: string, other: string) => one === '*' || one === other;
  return (
    (earlier.component === later.component ||
      (earlier.component === '*' && later.component !== 'reviewer')) &&
    fits(earlier.failure_class, later.failure_class) &&
    fits(earlier.category, later.category) &&
    codeFits(earlier.code ?? '*', later.code ?? '*')
  );
}
