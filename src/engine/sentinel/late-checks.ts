// Which checks have not begun yet on a commit that already looks green: the answer of a program that reports within a
// second must not stand for CI that takes a minute to begin (R-SEN-6).
import type { ChecksReport, PullRequest } from '../ports/forge.ts';
import { ask, type LookContext } from './follow-deps.ts';

/** For a push and a pull request, the same check runs under names that differ at the end. */
export const withoutEvent = (name: string) =>
  name.replace(/ \((?:push|pull_request|pull_request_target)\)$/, '');

/** Checks that ran on the base branch and have not reported on this commit. Empty if a list of required checks decides. */
export async function lateChecks(
  context: LookContext,
  { baseSha, baseBranch }: Pick<PullRequest, 'baseSha' | 'baseBranch'>,
  { checks }: Pick<ChecksReport, 'checks'>,
): Promise<string[]> {
  const { forge, row, signal } = context;
  if (checks.some(({ isRequired }) => isRequired)) return [];
  const of = { sha: baseSha ?? row.baseSha, baseBranch };
  const before = await ask(context, 'read checks of the base', () => forge.readChecks(of, signal));
  const reported = new Set(checks.map(({ name }) => withoutEvent(name)));
  const ran = before.checks.filter(({ state }) => state !== 'skipped').map(({ name }) => withoutEvent(name));
  return [...new Set(ran)].filter((name) => !reported.has(name));
}
