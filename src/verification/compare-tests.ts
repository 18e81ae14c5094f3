// Which tests of the base still run on the change (R-GREEN-3, R-GREEN-8). A test that was moved, renamed, reformatted,
// parametrised or split is the same test, if what it looked at is still looked at. Pure.
import { removedNames } from './asked-changes.ts';
import type { ChangedFile } from './changed-file.ts';
import { isTestData, judgingKind } from './judging-files.ts';
import type { ReportedTest, TestReport } from './test-report.ts';
import { assertionsIn, marksOf, testBlock, titleOf } from './test-source.ts';

export interface TestChanges {
  /** Ran on the base, and nothing runs in their place. */
  lost: ReportedTest[];
  /** Ran on the base, and are skipped, to be done or expected to fail now. */
  skipped: ReportedTest[];
  /** Tests with several cases, which have fewer now: the name without its case. */
  fewerCases: Array<{ name: string; file: string | null; before: number; now: number }>;
  /** They are not among the base's tests, and do not take the place of one. */
  added: ReportedTest[];
  /** How many tests are missing, where the runner told only numbers. */
  missing: number;
}

const ran = ({ result }: ReportedTest) => result === 'passed' || result === 'failed';
const exact = ({ file, name }: ReportedTest) => `${file ?? ''}\0${name}`;
/** The share of what a test looked at that must still be looked at. */
const sameShare = 0.75;
/** A report may be forged, with any number of names. */
const searchedMax = 2_000;

export function compareTests(
  base: TestReport,
  change: TestReport,
  files: readonly ChangedFile[],
): TestChanges {
  const isNameless = change.tests.length === 0 && change.counts.passed + change.counts.failed > 0;
  if (base.tests.length === 0 || isNameless) return byNumbers(base, change);
  const now = new Map<string, ReportedTest[]>();
  for (const test of change.tests)
    for (const key of [exact(test), `\0${test.name}`]) now.set(key, [...(now.get(key) ?? []), test]);
  const used = new Set<ReportedTest>();
  const take = (key: string) => {
    const found = (now.get(key) ?? []).find((test) => !used.has(test));
    if (found) used.add(found);
    return found;
  };
  const before = base.tests.filter(ran);
  const withWorkSlots = new Map(before.map((test) => [test, take(exact(test))]));
  const moved = new Map(before.map((test) => [test, withWorkSlots.get(test) ?? take(`\0${test.name}`)]));
  const skipped = before.filter((test) => isNotRun(moved.get(test)));
  const unmatched = before.filter((test) => moved.get(test) === undefined);
  const known = new Set(base.tests.map(({ name }) => name));
  const fresh = change.tests.filter((test) => !used.has(test) && !known.has(test.name));
  const { lost: byCase, fewerCases, taken } = sameCases(before, change.tests, unmatched);
  const { lost, added } = inAnotherForm(
    byCase,
    fresh.filter((test) => !taken.has(test)),
    files,
  );
  return { lost: withoutSuites(lost, before, files), skipped, fewerCases, added, missing: 0 };
}

/** A test that only held others is no loss, if each of those still runs. */
function withoutSuites(
  lost: readonly ReportedTest[],
  before: readonly ReportedTest[],
  files: readonly ChangedFile[],
): ReportedTest[] {
  const gone = new Set(lost);
  return lost.filter((test) => {
    const inside = before.filter(({ name }) => name.startsWith(`${test.name} > `));
    if (inside.length === 0 || inside.some((each) => gone.has(each))) return true;
    const block = sourceOf(test, files);
    const held = inside.map((each) => assertionsIn(sourceOf(each, files) ?? ''));
    return block === null || assertionsIn(block) > held.reduce((sum, count) => sum + count, 0);
  });
}

const sourceOf = ({ name }: ReportedTest, files: readonly ChangedFile[]) =>
  files.flatMap(({ before }) => (before === null ? [] : (testBlock(before, name) ?? [])))[0] ?? null;

function isNotRun(test: ReportedTest | undefined): boolean {
  return test !== undefined && !ran(test);
}

function byNumbers(base: TestReport, change: TestReport): TestChanges {
  const of = ({ counts }: TestReport) => counts.passed + counts.failed;
  return { lost: [], skipped: [], fewerCases: [], added: [], missing: Math.max(0, of(base) - of(change)) };
}

/** The name of a test whose cases differ only by values: `sum[1-2]`, `TestSum/empty`, `adds 1 + 2`. */
function caseless({ name }: ReportedTest): string {
  return name
    .replace(/\[.*\]$/s, '')
    .replace(/(?<=^Test\w+)\/.*$/s, '')
    .replace(/\(.*\)$/s, '')
    .replace(/-?\d+(?:\.\d+)?/g, '#');
}

function sameCases(
  before: readonly ReportedTest[],
  now: readonly ReportedTest[],
  unmatched: readonly ReportedTest[],
): { lost: ReportedTest[]; fewerCases: TestChanges['fewerCases']; taken: Set<ReportedTest> } {
  const lost: ReportedTest[] = [];
  const fewerCases: TestChanges['fewerCases'] = [];
  const taken = new Set<ReportedTest>();
  const names = new Set(unmatched.map(caseless));
  for (const name of names) {
    const gone = unmatched.filter((test) => caseless(test) === name);
    const of = (tests: readonly ReportedTest[]) =>
      tests.filter((test) => ran(test) && caseless(test) === name);
    const [then, still] = [of(before), of(now)];
    if (still.length === 0) {
      lost.push(...gone);
      continue;
    }
    for (const test of still) taken.add(test);
    if (still.length < then.length)
      fewerCases.push({ name, file: gone[0]?.file ?? null, before: then.length, now: still.length });
  }
  return { lost, fewerCases, taken };
}

/** A text that is looked for as a part of a longer one now. */
const isPartOf = (mark: string, marks: ReadonlySet<string>) =>
  mark.startsWith('"') &&
  mark.length > 3 &&
  [...marks].some((each) => each.startsWith('"') && each.includes(mark.slice(1)));

/** The source of a test; for a row of a table, that of the test which has the table too. */
function withTable(text: string, name: string): string[] {
  const block = testBlock(text, name);
  const around =
    block?.includes('\n') === false && name.includes(' > ') ? name.slice(0, name.lastIndexOf(' > ')) : '';
  return [block, around === '' ? null : testBlock(text, around)].filter((each) => each !== null);
}

const repeats = /\bfor\b|\beach\b|\bparametri[sz]e\b|\bforEach\b/;

/** Says what went wrong, and is nothing that is looked at. */
const isMessage = (mark: string) => /^"[^"]*%[a-z+#]/i.test(mark);

/** A file that a runner of tests does not collect holds none. */
const isOfTests = (path: string) =>
  ['test', 'setup'].includes(judgingKind(path) ?? '') || path.endsWith('.rs');

/** A lost test stands in another form, if added tests look at what it looked at, with as many assertions. */
function inAnotherForm(
  gone: readonly ReportedTest[],
  fresh: readonly ReportedTest[],
  files: readonly ChangedFile[],
): { lost: ReportedTest[]; added: ReportedTest[] } {
  const passing = fresh.filter(({ result }) => result === 'passed').slice(0, searchedMax);
  const tests = files.filter(({ path }) => isOfTests(path));
  const after = tests.map(({ after: text }) => text ?? '').filter(Boolean);
  const blocks = new Map(passing.map((test) => [test, after.flatMap((text) => withTable(text, test.name))]));
  const data = tests.filter(({ path }) => isTestData(path)).map(({ after: text }) => text ?? '');
  // Titles made at run time stand nowhere: then the whole file is looked at.
  const isDynamic = passing.some((test) => blocks.get(test)?.length === 0);
  const code = isDynamic
    ? after.join('\n')
    : [...new Set([...[...blocks.values()].flat(), ...data])].join('\n');
  const marks = marksOf(code);
  // What the product no longer has is looked at under another name, or is gone with its tests.
  const goneNames = new Set(removedNames(files));
  // A table has a case in each of its lines.
  const rows = repeats.test(code) ? code.split('\n').filter((line) => marksOf(line).size > 0).length : 0;
  let assertionsLeft = Math.max(assertionsIn(code), passing.length, rows);
  const lost: ReportedTest[] = [];
  const isTaken = (test: ReportedTest) => {
    const own = sourceOf(test, files);
    if (own === null) return false;
    const needed = [...marksOf(own)].filter(
      (mark) =>
        mark !== `"${titleOf(test.name)}` &&
        mark !== titleOf(test.name) &&
        !isMessage(mark) &&
        !goneNames.has(mark),
    );
    const kept = needed.filter((mark) => marks.has(mark) || isPartOf(mark, marks));
    const isSame = needed.length > 0 && kept.length >= needed.length * sameShare;
    const count = isDynamic ? 1 : Math.max(1, assertionsIn(own));
    if (!isSame || assertionsLeft < Math.min(count, assertionsLeft + 1) || passing.length === 0) return false;
    assertionsLeft -= count;
    return assertionsLeft >= 0;
  };
  for (const test of gone) if (!isTaken(test)) lost.push(test);
  const isStand = gone.length > lost.length;
  return {
    lost,
    added: isStand ? fresh.slice(Math.min(fresh.length, gone.length - lost.length)) : [...fresh],
  };
}
