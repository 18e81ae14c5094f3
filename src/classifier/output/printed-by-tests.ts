// Ignores messages about compilers and packages that a test printed, if the runner says that tests ran and one failed.
import type { Match } from '../match/match-rules.ts';

/** These runners pass on the output of tests unchanged, and indent or mark their own lines. */
const passOn = new Set(['go-test', 'node-test', 'mocha', 'tap', 'ava', 'prove', 'rspec']);
/** A test file that did not build or load has not run as a test. */
const hasNotRun =
  /\[(?:build|setup) failed\]|error: 'test failed'|^'test failed'$|# Subtest: \S+\.[cm]?[jt]s$|"before all" hook|error occurred (?:while loading|outside of examples)/m;
const suspects = new Set(['compile_error', 'dependency_missing', 'contract_violation', 'lint_error']);
const frameCharsMax = 400;
/** An assertion's message that quotes the compared values. */
const comparison =
  /^\s{0,20}(?:E {2,8})?(?:\[?[\w./-]{1,120}:\d{1,6}:? )?(?:AssertionError\b[^'"`]{0,80}: expected ['"`]|[Ee]xpected:? ['"`]|[Rr]eceived:? ['"`]|[Aa]ctual:? ['"`]|(?:[\w()., ]{0,60} )?(?:got|want|have):? ?=? ?['"`])/;

export function withoutPrinted(
  matches: readonly Match[],
  { text, command, verdicts }: { text: string; command: string; verdicts: readonly Match[] },
): readonly Match[] {
  if (verdicts.length === 0) return matches;
  const runners = new Set(verdicts.map(({ rule }) => familyOf(rule.id)));
  const isPassedOn =
    [...runners].some((name) => passOn.has(name)) && !command.includes(';') && !hasNotRun.test(text);
  return matches.filter(({ rule, at }) => {
    if (!suspects.has(rule.is.failureClass)) return true;
    const head = text.slice(at, at + 40);
    // Lines of a diff between the expected and the actual value.
    if (/^\s*[-+] *['"`]/.test(head)) return false;
    if (comparison.test(lineAt(text, at))) return false;
    if (isPassedOn && /^\S/.test(head)) return false;
    return !(runners.has('unittest') && familyOf(rule.id) === 'python' && !endsTraceback(text, at));
  });
}

function familyOf(id: string): string {
  return id.split('.')[0] ?? '';
}

function lineAt(text: string, at: number): string {
  return text.slice(at, at + frameCharsMax).split('\n', 1)[0] ?? '';
}

/** Whether the line ends a Python traceback: then it has frames above it. */
function endsTraceback(text: string, at: number): boolean {
  const above = text
    .slice(Math.max(0, at - frameCharsMax), at)
    .split('\n')
    .findLast((line) => line.trim() !== '');
  return above !== undefined && /^\s|^Traceback /.test(above);
}
