// What the tests notice of the functions that a change adds or alters (R-GREEN-16): each is emptied, one at a time, and the
// tests run. Pure.
import type { Finding } from '../../domain/work-order/finding.ts';
import type { ChangedFunctions } from '../emptied/changed-functions.ts';
import { count, namedMax } from '../finding-words.ts';
import type { SortedFile } from '../parts/sorted-file.ts';
import { languageOf } from '../syntax/languages.ts';
import type { CheckRuns, Judged, NeededRun, RunName } from './check-runs.ts';
import { keyOf } from './reported-tests.ts';

export const emptiedByDefault = 5;

const isOfTests = ({ kind, change }: CheckRuns) => (kind === 'test' || kind === 'contract') && change.passed;

export const emptiedMax = (checks: readonly CheckRuns[]) =>
  Math.min(emptiedByDefault, ...checks.filter(isOfTests).map(({ emptied = emptiedByDefault }) => emptied));

const isShellTest = /(?:^|\/)(?:test|t\d+)[._-][^/]*$|[._-](?:test|spec)(?:\.\w+)?$/i;

const changesTests = (sorted: readonly SortedFile[]) =>
  sorted.some(
    ({ part, role, file }) =>
      file.status !== 'deleted' &&
      (role === 'test' ||
        (part === 'mixed' && role === 'source') ||
        // Of a test in shell, only its name says so.
        (part === 'evidence' &&
          languageOf(file.path, file.after) === 'shell' &&
          isShellTest.test(file.path))),
  );

/** A change of the product alone stands on tests that it did not touch, and costs no other run (R-GREEN-7). */
export const isEmptying = ({ level, asked, sorted }: Judged & { sorted: readonly SortedFile[] }) =>
  level === 'strict' || (level === 'standard' && (asked.needs_test || changesTests(sorted)));

const nameOf = (index: number): RunName => `emptied-${index + 1}`;

/** The next one; a function that one check notices is not tried in another. */
export function neededEmptying(
  checks: readonly CheckRuns[],
  { emptied }: ChangedFunctions,
): NeededRun | null {
  for (const [index, { path, text }] of emptied.entries())
    for (const [check, each] of checks.entries()) {
      if (!isOfTests(each)) continue;
      const name = nameOf(index);
      if (each.more[name] === undefined)
        return {
          check,
          name,
          of: 'change',
          overlay: { take: [], remove: [], write: new Map([[path, text]]) },
        };
      if (seenBy(each, name) === 'noticed') break;
    }
  return null;
}

/** What does not compile names no test, so it shows nothing. */
function seenBy({ change, more }: CheckRuns, name: RunName): 'noticed' | 'unnoticed' | 'unknown' {
  const run = more[name];
  if (!run) return 'unknown';
  if (run.passed) return 'unnoticed';
  const hasNames = (change.report?.tests.length ?? 0) > 0;
  return hasNames && (run.report?.counts.failed ?? 0) === 0 ? 'unknown' : 'noticed';
}

/** A test that is red without the change passes with it. */
function hasProof({ change, more }: CheckRuns): boolean {
  const red = new Set(more.new?.report?.tests.filter(({ result }) => result === 'failed').map(keyOf));
  return (change.report?.tests ?? []).some((test) => test.result === 'passed' && red.has(keyOf(test)));
}

export function judgeEmptied(
  { checks, asked, sorted }: Judged & { sorted: readonly SortedFile[] },
  functions: ChangedFunctions,
): Finding[] {
  const judging = checks.filter(isOfTests);
  const seen = functions.emptied.map((each, index) => ({
    ...each,
    by: judging.map((check) => seenBy(check, nameOf(index))),
  }));
  const unproved = seen.filter(({ by }) => by.length > 0 && by.every((each) => each === 'unnoticed'));
  if (unproved.length === 0) return [];
  const isNoneNoticed = unproved.length === seen.length && functions.leftOut === 0;
  // Tests that named it had to change, and nothing notices it any more.
  const textOfTests = sorted
    .filter(({ part }) => part !== 'product')
    .map(({ file }) => file.before ?? '')
    .join('\n');
  const isNamed = (name: string) =>
    new RegExp(`\\b${name.slice(name.lastIndexOf('.') + 1).replace(/\W/g, '\\$&')}\\b`).test(textOfTests);
  const isBlinded =
    unproved.some(({ isNew, name }) => !isNew && isNamed(name)) &&
    judging.some(({ more }) => more.product?.passed === false);
  // Emptied, a function may do what the change wants of it: a test that was red without the change has noticed it.
  const isUnnoticed = changesTests(sorted) && isNoneNoticed && !judging.some(hasProof);
  const refuses = asked.needs_test || isUnnoticed || isBlinded;
  const names = unproved.slice(0, namedMax).map(({ name, path }) => `\`${name}\` (${path})`);
  const commands = judging.map(({ command }) => `\`${command}\``).join(' and ');
  return [
    {
      weight: refuses ? 'refuses' : 'tells',
      kind: 'unproved',
      text: `No test notices if ${count(unproved.length, 'function')} of the change ${unproved.length === 1 ? 'does' : 'do'} nothing: ${commands} passed with the body of ${names.join(', ')} emptied.${refuses ? ' Add tests of what it does.' : ''}`,
      files: [...new Set(unproved.map(({ path }) => path))],
      tests: [],
    },
  ];
}
