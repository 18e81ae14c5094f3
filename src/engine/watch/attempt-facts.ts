// The facts about one cycle from the stored results of its steps (R-REC-9). Pure.
import { createHash } from 'node:crypto';
import type { CheckResult } from '../../domain/check.ts';
import type { AttemptFacts } from '../../domain/nowhere/features.ts';
import type { Outcome } from '../../domain/outcome.ts';
import type { Proposal } from '../../domain/proposal.ts';
import { failureShape, failureWords, type SaidFailure } from './failure-words.ts';

export interface StoredResult {
  proposal?: Proposal | null;
  attempts?: number;
  outcome?: Outcome;
  checks?: readonly CheckResult[];
  feedback?: SaidFailure;
}

/** More lines of one change add nothing to a comparison. */
const editLinesMax = 2_000;

export function attemptFactsOf(results: readonly StoredResult[]): AttemptFacts {
  const feedback = results.findLast((result) => result.feedback)?.feedback;
  const words = feedback ? failureWords(feedback) : null;
  const outcome = results.findLast((result) => result.outcome)?.outcome;
  const answers = results.reduce((sum, { attempts = 0 }) => sum + attempts, 0);
  const checks = results.findLast((result) => result.checks)?.checks ?? [];
  return {
    words: words === null ? null : digest(words),
    shape: feedback ? digest(failureShape(feedback)) : null,
    troubleLines: words === null ? 0 : words.split('\n').length,
    greenChecks: checks.filter(({ passed, kind }) => passed && kind !== 'setup').length,
    editLines: linesOf(results.findLast((result) => result.proposal)?.proposal ?? null),
    isEmpty: outcome !== 'changed',
    answers,
    uselessAnswers: Math.max(0, answers - results.filter(({ attempts = 0 }) => attempts > 0).length),
  };
}

function linesOf(proposal: Proposal | null): string[] {
  const written = (proposal?.edits ?? []).flatMap((edit) => {
    if (edit.kind === 'write') return edit.content.split('\n');
    return edit.kind === 'replace' ? edit.replace.split('\n') : [`delete ${edit.path}`];
  });
  const lines = new Set(written.map((line) => line.trim()).filter(Boolean));
  return [...lines].slice(0, editLinesMax).map(digest);
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64').slice(0, 16);
}
