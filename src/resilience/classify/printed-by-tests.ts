// What a test printed about compilers and packages accuses nobody, where its runner says that tests ran and one failed.
import type { Match } from './match-rules.ts';

/** These runners pass on what tests print as it stands; the rest quote it. */
const passOn = new Set(['go-test', 'node-test', 'mocha', 'tap']);
/** What did not build, or broke while it was loaded, has not run as a test. */
const hasNotRun =
  /\[(?:build|setup) failed\]|error: 'test failed'|^'test failed'$|# Subtest: \S+\.[cm]?[jt]s$|"before all" hook/m;
const suspects = new Set(['compile_error', 'dependency_missing', 'contract_violation', 'lint_error']);

export function withoutPrinted(
  matches: readonly Match[],
  { text, command, verdicts }: { text: string; command: string; verdicts: readonly Match[] },
): readonly Match[] {
  const isPassedOn = verdicts.some(({ rule }) => passOn.has(rule.id.split('.')[0] ?? ''));
  if (!isPassedOn || command.includes(';') || hasNotRun.test(text)) return matches;
  // What the runner itself says about a failure is indented.
  return matches.filter(
    ({ rule, at }) => !suspects.has(rule.is.failureClass) || /^\s/.test(text.slice(at, at + 1)),
  );
}
