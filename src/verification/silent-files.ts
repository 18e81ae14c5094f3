// Files whose process ended before it told the tests in them: node:test takes such a file for one test that passed
// (R-GREEN-3). Pure.
import type { Finding } from '../domain/work-order/finding.ts';
import { listed, refusal } from './finding-words.ts';
import type { JudgedCheck } from './judge-change.ts';

const usesNodeTest = /^[ \t]*(?:import\b|const\b|let\b|var\b|\})[^\n]*['"](?:node:)?test['"]/m;
const beginsTest = /^[ \t]*(?:await\s+)?(?:test|it)\(\s*['"`]/m;

export const writesNodeTests = (text: string) => usesNodeTest.test(text) && beginsTest.test(text);

/** A command that asks for tests by their names leaves out those of whole files. */
export const selectsTests = (text: string) => /--test-(?:name-pattern|skip-pattern|only)\b/.test(text);

export function silentFiles(
  { kind, command, change: { report } }: Pick<JudgedCheck, 'kind' | 'command' | 'change'>,
  { nodeTestFiles }: { nodeTestFiles: readonly string[] },
): Finding[] {
  if (kind !== 'test' || !report) return [];
  const telling = new Set(report.tests.flatMap(({ file, name }) => (name === '' ? [] : (file ?? []))));
  const silent = nodeTestFiles.filter(
    (path) =>
      !telling.has(path) &&
      report.tests.some(({ file, name, result }) => file === path && name === '' && result === 'passed'),
  );
  if (silent.length === 0) return [];
  const text = `\`${command}\` ended as passed, and none of the tests written in these files was told: ${listed(silent)}. Something ended their processes.`;
  return [{ ...refusal('ended_early', text), files: silent }];
}
