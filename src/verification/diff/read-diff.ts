// Reads what a change adds, for what no run of a check can show (R-GREEN-5). Pure.
import type { Finding, FindingKind, FindingWeight } from '../../domain/work-order/finding.ts';
import { addedLines, type ChangedFile, removedLines } from '../changed-file.ts';
import { isProse, type JudgingKind, judgingKind } from '../judging-files.ts';
import { testModules } from '../manifest-parts.ts';
import type { Task } from '../task.ts';
import { endingsIn } from './endings.ts';
import { hiddenFiles } from './hidden-files.ts';
import { lineRules, type Place } from './line-rules.ts';
import { loweredThresholds } from './lowered-thresholds.ts';
import { suppressionIn } from './suppressions.ts';
import { handlesNamedError, swallowedBlocks } from './swallowed-blocks.ts';
import { takenRunners } from './taken-runners.ts';
import { valuesOfTests } from './values-of-tests.ts';

export interface DiffReading {
  files: readonly ChangedFile[];
  task: Task;
  /** Files that a check's command reaches beyond the table. */
  reached: ReadonlySet<string>;
  /** Texts of test files, before or after the change. */
  testTexts: readonly string[];
  /** Files of the change whose tests node:test runs. */
  nodeTestFiles: readonly string[];
}

const toldMax = 10;
interface Hit {
  kind: FindingKind;
  path: string;
  line: number;
  text: string;
  what: string;
  weight: FindingWeight;
}

export function readDiff(reading: DiffReading): Finding[] {
  const removed = new Set(reading.files.flatMap((file) => removedLines(file).map((line) => line.trim())));
  const hits = reading.files.flatMap((file) => hitsIn(file, reading, removed));
  return [
    ...grouped(hits),
    ...valuesOfTests(reading),
    ...takenRunners(reading),
    ...loweredThresholds(reading),
    ...hiddenFiles(reading),
    ...changedCi(reading),
  ];
}

export function placeOf(path: string, { reached }: Pick<DiffReading, 'reached'>): Place | null {
  if (isProse(path)) return null;
  const kind: JudgingKind | null = judgingKind(path);
  if (kind === 'test' || kind === 'setup') return 'tests';
  if (kind === 'hiding') return null;
  if (
    kind !== null ||
    reached.has(path) ||
    /(?:^|\/)(?:package\.json|pyproject\.toml|Cargo\.toml|pom\.xml)$/.test(path)
  )
    return 'scripts';
  return 'product';
}

function hitsIn(file: ChangedFile, reading: DiffReading, removed: ReadonlySet<string>): Hit[] {
  const place = placeOf(file.path, reading);
  if (place === null || file.after === null) return [];
  const lines = file.after.split('\n');
  const isTestLine = rustTestLines(file);
  const hits: Hit[] = [];
  for (const { line, text } of addedLines(file)) {
    // A line that only moved from another file is not new.
    if (removed.has(text.trim())) continue;
    const where = isTestLine(line) ? 'tests' : place;
    const hit = (kind: FindingKind, what: string, weight: FindingWeight) =>
      hits.push({ kind, path: file.path, line, text: text.trim().slice(0, 120), what, weight });
    for (const rule of lineRules) {
      const read = rule.kind === 'acts_otherwise_under_test' ? withJoinedTexts(text) : text;
      if (!rule.places.includes(where) || !rule.pattern.test(read) || rule.except?.test(read)) continue;
      if (isComment(text) && rule.kind !== 'result_ignored') continue;
      if (rule.kind === 'error_swallowed' && where === 'tests') continue;
      hit(rule.kind, rule.what, weightOf(rule.kind, file.path, reading.task));
    }
    const suppressed = suppressionIn(text, lines[line - 2] ?? '');
    if (suppressed)
      hit(
        'suppression',
        suppressedAs(suppressed),
        suppressed.isJustified || reading.task.asksForSuppression ? 'tells' : 'refuses',
      );
  }
  for (const { line, text } of swallowedBlocks(file, place))
    if (!removed.has(text.trim()))
      hits.push({
        kind: 'error_swallowed',
        path: file.path,
        line,
        text: text.trim().slice(0, 120),
        what: 'drops an error without handling it',
        weight: handlesNamedError(text) ? 'tells' : weightOf('error_swallowed', file.path, reading.task),
      });
  for (const { line, text } of endingsIn(file, place))
    hits.push({
      kind: 'exit_in_test',
      path: file.path,
      line,
      text: text.trim().slice(0, 120),
      what: 'changes how its process ends',
      weight: 'refuses',
    });
  return several(hits);
}

/** A name may be put together from parts, so that nobody finds it. */
const withJoinedTexts = (text: string) =>
  text.replace(/(?<=\w)(?:'\s*\+?\s*'|"\s*\+?\s*"|`\s*\+\s*`)(?=\w)/g, '');

const suppressedAs = ({ mark, isJustified }: { mark: string; isJustified: boolean }) =>
  isJustified
    ? `has ${mark} with a reason`
    : `has ${mark}, which names no rule, gives no reason, or covers more than one place`;

/** Many justified suppressions are a habit, not an exception. */
function several(hits: readonly Hit[]): Hit[] {
  const count = hits.filter(({ kind }) => kind === 'suppression').length;
  return count < 4
    ? [...hits]
    : hits.map((hit) => (hit.kind === 'suppression' ? { ...hit, weight: 'refuses' } : hit));
}

function isComment(line: string): boolean {
  return /^\s*(?:\/\/|#(?!\[|!\[)|\/?\*|--|;|<!--)/.test(line);
}

export function rustTestLines({
  path,
  after,
}: Pick<ChangedFile, 'path' | 'after'>): (line: number) => boolean {
  if (!path.endsWith('.rs') || after === null) return () => false;
  const ranges = testModules(after).map(([from, to]) => [lineAt(after, from), lineAt(after, to)] as const);
  return (line) => ranges.some(([from, to]) => line >= from && line <= to);
}

const lineAt = (text: string, at: number) => text.slice(0, at).split('\n').length;

function weightOf(kind: FindingKind, path: string, task: Task): FindingWeight {
  if (kind === 'acts_otherwise_under_test')
    return task.speaksOf(['environment variable', 'NODE_ENV', 'detection']) &&
      task.asksForConfiguration('.github/')
      ? 'tells'
      : 'refuses';
  if (kind === 'result_ignored' || kind === 'exit_in_test')
    return task.asksForConfiguration(path) ? 'tells' : 'refuses';
  if (kind === 'test_skipped') return task.asksToSkip ? 'tells' : 'refuses';
  if (kind === 'error_swallowed')
    return task.speaksOf(['ignore swallow tolerate optional silently best-effort fallback default'])
      ? 'tells'
      : 'refuses';
  return 'refuses';
}

const sentences: Partial<Record<FindingKind, string>> = {
  acts_otherwise_under_test: 'The product would act otherwise under a test than in use',
  error_swallowed: 'An error is dropped where it was reported before',
  exit_in_test: 'A test or its set-up ends the run, or changes how it ends',
  result_ignored: 'What runs the checks ignores how they end, or what they find',
  test_skipped: 'An added test says nothing about the change',
  suppression: 'A checker is told to look away',
};

function grouped(hits: readonly Hit[]): Finding[] {
  const groups = new Map<string, Hit[]>();
  for (const hit of hits) {
    const key = `${hit.kind} ${hit.weight}`;
    groups.set(key, [...(groups.get(key) ?? []), hit]);
  }
  return [...groups.values()].map((group) => {
    const [first] = group as [Hit, ...Hit[]];
    const told = group
      .slice(0, toldMax)
      .map(({ path, line, what, text }) => `${path}:${line} ${what} (\`${text}\`)`);
    const more = group.length > toldMax ? `, and ${group.length - toldMax} more` : '';
    return {
      weight: first.weight,
      kind: first.kind,
      text: `${sentences[first.kind] ?? first.kind}: ${told.join('; ')}${more}.`,
      files: [...new Set(group.map(({ path }) => path))],
      tests: [],
    };
  });
}

function changedCi({ files, task }: DiffReading): Finding[] {
  const paths = files.map(({ path }) => path).filter((path) => judgingKind(path) === 'ci');
  if (paths.length === 0) return [];
  const isAsked = paths.every((path) => task.asksForConfiguration(path));
  const asked = isAsked ? 'as the task asks' : 'and the task does not ask for it';
  return [
    {
      weight: 'tells',
      kind: 'ci_changed',
      text: `The definition of continuous integration is changed, ${asked}: ${paths.join(', ')}.`,
      files: paths,
      tests: [],
    },
  ];
}
