// Whether the tests of a change pass without what it altered beside them: helpers, doubles, data and settings of its tests, and
// the comparisons in its product (R-GREEN-13). Pure.
import type { Finding } from '../../domain/work-order/finding.ts';
import { named, namesOf, refusal } from '../finding-words.ts';
import { evidenceOfBase, isEmpty, type Overlay, withComparisonsOfBase } from '../parts/compose.ts';
import type { SortedFile } from '../parts/sort-change.ts';
import type { CheckRuns } from './decide.ts';
import type { Explained } from './explanation.ts';
import { failedIn, type Shown } from './judge-runs.ts';

/**
 * The change with the base's form of what its tests lean on, as far as nothing explains the new one, and of the comparisons
 * in its product. Null if it alters nothing of that.
 */
export async function withOwnTests(
  sorted: readonly SortedFile[],
  explained: readonly Explained[],
): Promise<Overlay | null> {
  const hasTests = sorted.some(({ role, file }) => role === 'test' && file.status !== 'deleted');
  const altered = hasTests ? altersWhatTestsLeanOn(sorted, explained) : [];
  const kept = new Set(sorted.map(({ file }) => file.path).filter((path) => !altered.includes(path)));
  const overlay = await evidenceOfBase(sorted, { kept, withTests: true, withUnknown: false });
  for (const [path, text] of await withComparisonsOfBase(sorted)) overlay.write.set(path, text);
  return isEmpty(overlay) ? null : overlay;
}

/** Helpers, data and settings of the base that the change alters, and that nothing explains. */
const altersWhatTestsLeanOn = (sorted: readonly SortedFile[], explained: readonly Explained[]) => {
  const isExplained = new Set(explained.filter(({ as }) => as !== null).map(({ file }) => file.file.path));
  return sorted
    .filter(
      ({ part, role, file }) =>
        file.status !== 'added' &&
        !isExplained.has(file.path) &&
        ((part === 'evidence' && ['helper', 'fixture', 'data', 'configuration'].includes(role)) ||
          role === 'manifest'),
    )
    .map(({ file }) => file.path);
};

/** The tests of the change pass only with what it altered beside them: a runner, a double, a comparison. */
export function judgeOwn(
  { command, change, more: { own, again } }: CheckRuns,
  { sorted, explained }: Shown,
): Finding[] {
  if (!own || own.passed || again?.passed !== false) return [];
  // Where no test failed, the base's settings only do not find them.
  if (failedIn(own).length === 0 && (change.report?.tests.length ?? 0) > 0) return [];
  const altered = altersWhatTestsLeanOn(sorted, explained);
  const why = explained.filter(({ file }) => altered.includes(file.file.path));
  if (why.length === 0)
    return [
      refusal(
        'acts_otherwise_under_test',
        `\`${command}\` passes only with the comparison that the change alters, and fails with that of the base${named(failedIn(own).slice(0, 20))}. Restore it.`,
        failedIn(own),
      ),
    ];
  return [
    {
      weight: 'refuses',
      kind: 'green_only_by_its_tests',
      text: `With the tests of the change, \`${command}\` passes only because it altered what they lean on${named(failedIn(own).slice(0, 20))}: ${why
        .map(({ file, because }) => `${file.file.path} ${because}`)
        .slice(0, 12)
        .join('; ')}. Restore ${altered.length === 1 ? 'it' : 'them'}.`,
      files: altered,
      tests: namesOf(failedIn(own)),
    },
  ];
}
