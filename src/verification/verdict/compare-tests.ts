// Which tests of the base still run on the change (R-GREEN-3). Pure.
import type { ChangedFile } from '../changed-file.ts';
import type { ReportedTest, TestReport } from '../test-report.ts';

export interface TestChanges {
  /** Ran on the base, and nothing of their name runs now. */
  lost: ReportedTest[];
  /** Ran on the base, and are skipped, to be done or expected to fail now. */
  skipped: ReportedTest[];
  /** Tests with several cases, which have fewer now: the name without its case. */
  fewerCases: Array<{ name: string; file: string | null; before: number; now: number }>;
  /** How many tests are missing, where the runner told only numbers. */
  missing: number;
}

const ran = ({ result }: ReportedTest) => result === 'passed' || result === 'failed';
const exact = ({ file, name }: ReportedTest) => `${file ?? ''}\0${name}`;

export function compareTests(
  base: TestReport,
  change: TestReport,
  files: readonly ChangedFile[],
): TestChanges {
  const of = ({ counts }: TestReport) => counts.passed + counts.failed;
  // What some runners print names only what failed.
  const isNameless = change.source === 'output' && change.tests.filter(ran).length < of(change);
  if (base.tests.length === 0 || isNameless)
    return { lost: [], skipped: [], fewerCases: [], missing: Math.max(0, of(base) - of(change)) };
  const moved = new Map(
    files.flatMap(({ path, oldPath }) => (oldPath === null ? [] : [[oldPath, path] as const])),
  );
  const now = new Map<string, ReportedTest[]>();
  for (const test of change.tests) for (const key of [exact(test), `\0${test.name}`]) addTo(now, key, test);
  const used = new Set<ReportedTest>();
  const take = (key: string) => {
    const left = now.get(key) ?? [];
    while (left.length > 0) {
      const found = left.shift() as ReportedTest;
      if (used.has(found)) continue;
      used.add(found);
      return found;
    }
    return undefined;
  };
  const before = base.tests.filter(ran);
  const same = new Map(
    before.map((test) => [test, take(exact(test)) ?? take(`${moved.get(test.file ?? '')}\0${test.name}`)]),
  );
  for (const [test, found] of same) if (!found) same.set(test, take(`\0${test.name}`));
  const skipped = before.filter((test) => {
    const found = same.get(test);
    return found !== undefined && !ran(found);
  });
  const { lost, fewerCases } = sameCases(
    before,
    change.tests,
    before.filter((test) => !same.get(test)),
  );
  return { lost, skipped, fewerCases, missing: 0 };
}

/** The name of a test whose cases differ only by values, in its file: `sum[1-2]`, `TestSum/empty`, `adds 1 + 2`. */
function caseless({ file, name }: ReportedTest): string {
  const plain = name
    .replace(/\[.*\]$/s, '')
    .replace(/(?<=^Test\w+)\/.*$/s, '')
    .replace(/\(.*\)$/s, '')
    .replace(/-?\d+(?:\.\d+)?/g, '#');
  return `${file ?? ''}\0${plain}`;
}

function addTo(groups: Map<string, ReportedTest[]>, key: string, test: ReportedTest): void {
  const group = groups.get(key);
  if (group) group.push(test);
  else groups.set(key, [test]);
}

function sameCases(
  before: readonly ReportedTest[],
  now: readonly ReportedTest[],
  unmatched: readonly ReportedTest[],
) {
  const grouped = (tests: readonly ReportedTest[]) => {
    const groups = new Map<string, ReportedTest[]>();
    for (const test of tests) addTo(groups, caseless(test), test);
    return groups;
  };
  const [then, still] = [grouped(before), grouped(now.filter(ran))];
  const lost: ReportedTest[] = [];
  const fewerCases: TestChanges['fewerCases'] = [];
  for (const [name, gone] of grouped(unmatched)) {
    const [had, has] = [then.get(name)?.length ?? 0, still.get(name)?.length ?? 0];
    if (has === 0) lost.push(...gone);
    else if (has < had)
      fewerCases.push({
        name: name.split('\0')[1] ?? '',
        file: gone[0]?.file ?? null,
        before: had,
        now: has,
      });
  }
  return { lost, fewerCases };
}
