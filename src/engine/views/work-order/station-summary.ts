// The outcome of a step, in one line. Pure.

import { type IgnoredFiles, leftOutSentence } from '../../../domain/machine/ignored-files.ts';
import { counted } from '../../../domain/text/counted.ts';
import { asSentence } from '../../../domain/text/sentence.ts';
import type { Step } from '../../../domain/transitions.ts';
import type { CheckResult } from '../../../domain/work-order/check.ts';
import type { ToldFiles } from '../../../domain/work-order/step-result.ts';
import type { ErrorRow } from '../../../store/work/work-orders/work-order-history.ts';
import type { Station } from './stations.ts';

type Result = Record<string, unknown>;
const summaryCharsMax = 300;

/** `errors` that occurred during the step, oldest first. */
export function summaryOf(
  station: Station,
  errors: readonly ErrorRow[],
  run: { waitingFor: string | null; outcome: string | null },
): string {
  const line = sentenceOf(station, errors, run).replace(/\s+/g, ' ').trim();
  return line.length > summaryCharsMax ? `${line.slice(0, summaryCharsMax - 1).toWellFormed()}…` : line;
}

function sentenceOf(
  { state, step, result }: Station,
  errors: readonly ErrorRow[],
  { waitingFor, outcome }: { waitingFor: string | null; outcome: string | null },
): string {
  const failure = errors.at(-1)?.errorMessage;
  if (state === 'running')
    return failure === undefined ? 'Running.' : `Running, after: ${asSentence(failure)}`;
  if (state === 'retrying' || state === 'waiting')
    return asSentence(waitingFor ?? '') || (failure ? asSentence(failure) : 'Waiting for a slot.');
  if (result === null)
    return outcome === 'cancelled' ? 'Cancelled.' : asSentence(failure ?? '') || `Ended: ${outcome}.`;
  if (typeof result.feedback === 'string' && state !== 'done') return asSentence(result.feedback);
  return `${said[step](result)}${state === 'undone' ? ' It was undone.' : ''}`;
}

const said: Record<Step, (result: Result) => string> = {
  routing: ({ complexity, tier, agent, models }) =>
    `Complexity ${complexity}: ${tier} models${first(models)}, agent ${agent}.`,
  preparing: preparedAs,
  generating: ({ plan, edits, model }) =>
    typeof edits === 'number'
      ? `${counted(edits, 'edit')} by ${model}: ${asSentence(String(plan ?? ''))}`
      : 'A brief for the agent.',
  applying: appliedAs,
  verifying: verdictOf,
  creating_pr: ({ number, url }) => `Pull request ${number}: ${url}`,
  tracking: () => 'Result, cost and outcome are recorded.',
  awaiting_ci: () => 'CI has finished.',
};

function appliedAs({ outcome, changedFiles, agent, summary, ignored, leftOut }: Result): string {
  const left = leftOutSentence({
    ignored: ignored as IgnoredFiles | undefined,
    leftOut: leftOut as string[] | undefined,
  });
  const done =
    outcome === 'changed'
      ? `${agent} changed ${counted(Number(changedFiles), 'file')}. `
      : `${agent}: ${asSentence(String(outcome).replaceAll('_', ' '))} `;
  return `${done}${left}${outcome === 'changed' ? ` ${asSentence(String(summary ?? ''))}` : ''}`;
}

function preparedAs(result: Result): string {
  return `${setupAs(result)}${copiedAs(result.copied)}`;
}

function setupAs({ way, commands, unkept, tookMs }: Result): string {
  const count = Array.isArray(commands) ? commands.length : 0;
  if (way === 'nothing' || count === 0) return 'The project has no setup.';
  if (way === 'kept') return 'The worktree was prepared before.';
  if (way === 'cache')
    return `Dependencies came from the cache${typeof tookMs === 'number' ? ` in ${(tookMs / 1_000).toFixed(1)} s` : ''}.`;
  const removed = Array.isArray(unkept) ? ` Removed what git does not ignore: ${unkept.join(', ')}.` : '';
  return `Setup ran: ${(commands as string[]).join(', ')}.${removed}`;
}

function copiedAs(copied: unknown): string {
  if (typeof copied !== 'object' || copied === null) return '';
  const { names, total, leftOut, problem } = copied as ToldFiles;
  if (problem !== null) return ` ${problem}`;
  const more = total > names.length ? ` and ${total - names.length} more` : '';
  const done = total === 0 ? '' : ` Copied from the checkout: ${names.join(', ')}${more}.`;
  const left = leftOut.map(({ path, because }) => `${path} (${because})`);
  return `${done}${left.length === 0 ? '' : ` Not copied: ${left.join(', ')}.`}`;
}

function verdictOf({ checks, isVerified, notVerifiedBecause, acceptedBy }: Result): string {
  const all = Array.isArray(checks) ? (checks as CheckResult[]) : [];
  const isBefore = ({ redBefore }: CheckResult) => redBefore !== undefined;
  const red = all.filter((check) => !check.passed && !isBefore(check)).map(({ kind }) => kind);
  const before = all.filter((check) => !check.passed && isBefore(check)).map(({ kind }) => kind);
  const told = before.length > 0 ? ` Failed before the change too: ${before.join(', ')}.` : '';
  if (typeof acceptedBy === 'string') {
    const failing = [...red, ...before];
    const against = typeof notVerifiedBecause === 'string' ? `, although: ${notVerifiedBecause}` : '.';
    return `Accepted by ${acceptedBy} as it is${failing.length > 0 ? `, with failing checks: ${failing.join(', ')}.` : against}`;
  }
  if (typeof notVerifiedBecause === 'string') return `Not verified: ${notVerifiedBecause}.${told}`;
  if (red.length > 0) return `Failed: ${red.join(', ')}.${told}`;
  return isVerified === false || all.length === 0
    ? 'The project has no checks: nothing was verified.'
    : `${counted(all.length - before.length, 'check')} passed.${told}`;
}

const first = (models: unknown) =>
  Array.isArray(models) && models.length > 0 ? ` (${models[0]} first)` : '';
