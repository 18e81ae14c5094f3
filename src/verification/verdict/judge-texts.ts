// What the text of a change shows beside its runs.

import { isCiFile } from '../../domain/forge/ci-files.ts';
import { isPathAsked } from '../../domain/work-order/asked.ts';
import type { CheckKind } from '../../domain/work-order/check.ts';
import type { Finding } from '../../domain/work-order/finding.ts';
import type { Overlay } from '../parts/compose.ts';
import type { SortedFile } from '../parts/sorted-file.ts';
import { swallowed } from '../product/dropped-errors.ts';
import { type Looked, looksAround, type Use, usesIn } from '../product/looks-around.ts';
import { silenced, withoutSilences } from '../product/silenced.ts';
import { valuesOfTests } from '../product/values-of-tests.ts';
import { languageOf, languages } from '../syntax/languages.ts';
import { parseSource } from '../syntax/parse-source.ts';
import { testPartsIn } from '../syntax/tests-in.ts';
import type { Judged } from './check-runs.ts';
import { hiddenFiles } from './hidden-files.ts';

/** The change without what newly tells a checker to look away, if that would refuse it; null otherwise. */
export async function withoutSilencesOf(
  sorted: readonly SortedFile[],
  kind: CheckKind,
): Promise<Overlay | null> {
  const write = withoutSilences((await productOf(sorted)).looked, { withPossible: isChecker(kind) });
  return write.size === 0 ? null : { take: [], remove: [], write };
}

export async function judgeTexts(
  { ground, task, asked, checks }: Judged,
  sorted: readonly SortedFile[],
): Promise<Finding[]> {
  const { looked, unread } = await productOf(sorted);
  const unsure = (await productOf(sorted.filter(({ part }) => part === 'unknown').map(asProduct))).looked;
  const base = () => textsOf(ground.base);
  return [
    ...notParsed(unread),
    ...looksAround([...looked, ...unsure], { task, base }),
    ...silenced(looked, {
      isNeedless: checks.length > 0 && checks.every(({ more }) => more.bare?.passed === true),
      isNoticed: checks.some(({ kind, more }) => isChecker(kind) && more.bare?.passed === false),
    }),
    ...swallowed(looked),
    ...valuesOfTests(looked, { testTexts: testTextsOf(ground, sorted), data: dataOf(sorted) }, task),
    ...(await alteredComparisons(sorted)),
    ...hiddenFiles(ground.files, (path) => isPathAsked(path, asked.configuration)),
    ...ciChanged(sorted),
  ];
}

/** It reads the sources, and runs no test. */
export const isChecker = (kind: CheckKind) => kind === 'lint' || kind === 'typecheck' || kind === 'build';

/** Evidence that newly alters what its tests compare with. */
async function alteredComparisons(sorted: readonly SortedFile[]): Promise<Finding[]> {
  const found: string[] = [];
  const paths: string[] = [];
  for (const { file, part } of sorted) {
    const language = languageOf(file.path, file.after);
    if ((part !== 'evidence' && part !== 'unknown') || language === null || file.after === null) continue;
    const after = await parseSource(language, file.after);
    const before = file.before === null ? null : await parseSource(language, file.before);
    const had = new Set(before ? usesIn(before).map(({ what }) => what) : []);
    for (const use of after ? usesIn(after) : []) {
      if (!isComparison(use) || had.has(use.what)) continue;
      found.push(`${file.path}:${use.line} \`${use.what}\``);
      paths.push(file.path);
    }
  }
  return found.length === 0
    ? []
    : [
        {
          weight: 'refuses',
          kind: 'result_ignored',
          text: `What runs the tests newly alters what they compare with: ${found.slice(0, 8).join('; ')}. Leave it as it is.`,
          files: paths,
          tests: [],
        },
      ];
}

const isComparison = ({ kind, what }: Use) =>
  kind === 'replaced comparison' ||
  (kind === 'replaced builtin' && /^(?:assert|expect|chai|unittest|pytest|reflect|testing)\b/.test(what));

/** Of the base, as far as they are known by their names, and of the change. */
function testTextsOf({ base }: Judged['ground'], sorted: readonly SortedFile[]): string[] {
  const texts = new Set<string>();
  for (const [path, text] of base) if (/test|spec|fixture|snap|golden|expected/i.test(path)) texts.add(text);
  for (const { file, part, role } of sorted)
    if (part === 'evidence' && ['test', 'helper', 'data', 'fixture'].includes(role))
      for (const text of [file.before, file.after]) if (text !== null) texts.add(text);
  return [...texts];
}

/** It may be product, and then it may not look around either. */
const asProduct = (sorted: SortedFile): SortedFile => ({ ...sorted, part: 'product', role: 'source' });

/** What the product reads. */
const dataOf = (sorted: readonly SortedFile[]) =>
  sorted.flatMap(({ part, role, file: { path, before, after } }) =>
    part === 'product' && role === 'data' && after !== null && after.length < dataCharsMax
      ? [{ path, before, after }]
      : [],
  );
const dataCharsMax = 200_000;

function* textsOf(texts: ReadonlyMap<string, string>): Generator<string> {
  for (const [path, text] of texts) if (!/test|spec/i.test(path)) yield text;
}

async function productOf(sorted: readonly SortedFile[]): Promise<{ looked: Looked[]; unread: string[] }> {
  const looked: Looked[] = [];
  const unread: string[] = [];
  for (const { file, part, role } of sorted) {
    if ((part !== 'product' && part !== 'mixed') || role !== 'source' || file.status === 'deleted') continue;
    const language = languageOf(file.path, file.after);
    if (language === null) continue;
    const after = file.after === null ? null : await parseSource(language, file.after);
    const before = file.before === null ? null : await parseSource(language, file.before);
    if (after === null) unread.push(`${file.path} could not be read as ${languages[language].name}`);
    else looked.push({ path: file.path, before, after, tests: testPartsIn(after) });
  }
  return { looked, unread };
}

function notParsed(unread: readonly string[]): Finding[] {
  return unread.length === 0
    ? []
    : [
        {
          weight: 'refuses',
          kind: 'not_examined',
          text: `Not examined: ${unread.slice(0, 20).join('; ')}. What was not examined is not verified.`,
          files: [],
          tests: [],
        },
      ];
}

function ciChanged(sorted: readonly SortedFile[]): Finding[] {
  const paths = sorted.map(({ file }) => file.path).filter(isCiFile);
  return paths.length === 0
    ? []
    : [
        {
          weight: 'tells',
          kind: 'ci_changed',
          text: `The definition of continuous integration is changed: ${paths.join(', ')}.`,
          files: paths,
          tests: [],
        },
      ];
}
