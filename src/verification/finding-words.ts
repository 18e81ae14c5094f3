// How findings are worded: names of tests and files, and how many.
import type { Finding, FindingKind, FindingWeight } from '../domain/work-order/finding.ts';
import type { ReportedTest } from './test-report.ts';

export const namedMax = 20;

export function split(
  tests: readonly ReportedTest[],
  isTold: (test: ReportedTest) => boolean,
): Array<[FindingWeight, ReportedTest[]]> {
  const refused = tests.filter((test) => !isTold(test));
  const told = tests.filter((test) => !refused.includes(test));
  const both: Array<[FindingWeight, ReportedTest[]]> = [
    ['refuses', refused],
    ['tells', told],
  ];
  return both.filter(([, each]) => each.length > 0);
}

export function refusal(kind: FindingKind, text: string, tests: readonly ReportedTest[] = []): Finding {
  return { weight: 'refuses', kind, text, files: filesOf(tests), tests: namesOf(tests) };
}

export const filesOf = (tests: readonly ReportedTest[]) => [
  ...new Set(tests.flatMap(({ file }) => file ?? [])),
];
export const namesOf = (tests: readonly ReportedTest[]) => tests.map(({ name }) => name);
export const count = (number: number, what: string) => `${number} ${what}${number === 1 ? '' : 's'}`;
export const these = (tests: readonly ReportedTest[]) =>
  tests.length === 1 ? 'This test' : `These ${tests.length} tests`;

export function named(tests: readonly ReportedTest[]): string {
  if (tests.length === 0) return '';
  const names = tests.slice(0, namedMax).map(({ file, name }) => (file ? `${file} > ${name}` : name));
  const more = tests.length > namedMax ? ` and ${tests.length - namedMax} more` : '';
  return `: ${names.join('; ')}${more}`;
}
