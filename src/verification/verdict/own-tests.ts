// Whether the tests of a change pass without what it altered beside them: helpers, doubles, data and settings of its tests, and
// the comparisons in its product (R-GREEN-13). Pure.
import type { Finding } from '../../domain/work-order/finding.ts';
import { named, namesOf, refusal } from '../finding-words.ts';
import { evidenceOfBase, isEmpty, type Overlay, withComparisonsOfBase } from '../parts/compose.ts';
import type { Role, SortedFile } from '../parts/sorted-file.ts';
import { stemOf } from '../parts/sources.ts';
import type { CheckRun, CheckRuns } from './check-runs.ts';
import type { Explained } from './explanation.ts';
import { failedIn, keyOf, type Shown } from './reported-tests.ts';

/**
 * The change with the base's form of what its tests lean on, as far as nothing explains the new one, and of the comparisons
 * in its product. Null if it alters nothing of that.
 */
export async function withOwnTests(
  sorted: readonly SortedFile[],
  explained: readonly Explained[],
): Promise<Overlay | null> {
  const altered = new Set(besideTests(sorted, explained).map(({ file }) => file.path));
  const kept = new Set(sorted.map(({ file }) => file.path).filter((path) => !altered.has(path)));
  const overlay = await evidenceOfBase(sorted, { kept, withTests: true, withUnknown: false });
  for (const [path, text] of await withComparisonsOfBase(sorted)) overlay.write.set(path, text);
  return isEmpty(overlay) ? null : overlay;
}

const servesTests: ReadonlySet<Role> = new Set(['helper', 'fixture', 'data']);

/**
 * What the change alters beside its tests, and that nothing explains: settings, what checks run, and the base's helpers and data.
 * Where no file is known to be a test, each helper may be one, so only what says how the checks run is meant.
 */
function besideTests(sorted: readonly SortedFile[], explained: readonly Explained[]): SortedFile[] {
  const evidence = sorted.filter(({ part, file }) => part === 'evidence' && file.status !== 'deleted');
  const isTest = testsAmong(evidence, sorted);
  const hasTests = evidence.some(isTest);
  if (!hasTests && !evidence.some(({ role }) => servesTests.has(role))) return [];
  const pathsOf = (some: readonly Explained[]) => new Set(some.map(({ file }) => file.file.path));
  const isExplained = pathsOf(explained.filter(({ as }) => as !== null));
  const isAsked = pathsOf(explained.filter(({ as }) => as === 'asked'));
  return sorted.filter(({ part, role, file, isReached }) => {
    // What runs the tests may take part in them, but other tests have to do without what it is now.
    if (isReached && (hasTests || evidence.some((other) => !other.isReached))) return !isAsked.has(file.path);
    if (isExplained.has(file.path)) return false;
    // New tests may need what is new with them.
    if (hasTests && file.status === 'added') return false;
    if (role === 'manifest' || (part === 'evidence' && role === 'configuration')) return true;
    return (
      part === 'evidence' && servesTests.has(role) && hasTests && !isTest({ part, role, file } as SortedFile)
    );
  });
}

/**
 * Which of these are tests. Where no file is known to be one, those that name a source of the product which the change
 * alters; what they lean on does not.
 */
function testsAmong(
  evidence: readonly SortedFile[],
  sorted: readonly SortedFile[],
): (sorted: SortedFile) => boolean {
  if (evidence.some(({ role }) => role === 'test')) return ({ role }) => role === 'test';
  const stems = sorted
    .filter(({ part, role }) => part === 'product' && role === 'source')
    .map(({ file }) => stemOf(file.path))
    .filter((stem) => stem.length > 2);
  const named =
    stems.length === 0
      ? null
      : new RegExp(`\\b(?:${stems.map((stem) => stem.replace(/\W/g, '\\$&')).join('|')})\\b`);
  const helpers = evidence.filter(({ role }) => role === 'helper');
  const naming = new Set(
    helpers.filter(({ file }) => named?.test(file.after ?? '')).map(({ file }) => file.path),
  );
  // If all do, nothing tells them apart.
  return ({ file }) => naming.size < helpers.length && naming.has(file.path);
}

/** The tests of the change pass only with what it altered beside them: a runner, a double, a comparison. */
export function judgeOwn({ command, change, more }: CheckRuns, { sorted, explained }: Shown): Finding[] {
  const { own, again } = more;
  if (!own || own.passed || again?.passed !== false) return [];
  // Where no test failed, the base's settings only do not find them.
  if (failedIn(own).length === 0 && (change.report?.tests.length ?? 0) > 0) return [];
  const altered = besideTests(sorted, explained);
  if (altered.length > 0 && altered.every(({ role }) => role === 'helper') && needProduct(own, more.new))
    return [];
  const paths = altered.map(({ file }) => file.path);
  const why = explained.filter(({ file }) => paths.includes(file.file.path));
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
        .map(({ file, because }) => `${file.file.path} ${file.isReached ? 'decides how they run' : because}`)
        .slice(0, 12)
        .join('; ')}. Restore ${altered.length === 1 ? 'it' : 'them'}.`,
      files: paths,
      tests: namesOf(failedIn(own)),
    },
  ];
}

/** With all that the change altered for them, the red tests are red on the base: a new double alone makes none green. */
function needProduct(own: CheckRun, onBase: CheckRun | null | undefined): boolean {
  const red = failedIn(own);
  if (!onBase || onBase.passed || red.length === 0) return false;
  const green = new Set(onBase.report?.tests.filter(({ result }) => result === 'passed').map(keyOf));
  return !red.some((test) => green.has(keyOf(test)));
}
