// The verdict about a change (R-GREEN-1, R-GREEN-13): what its runs and its text show, or the next run that is needed to
// know. Its facts are the same each time, so it can be asked again after each run and after a restart.

import type { Finding } from '../../domain/work-order/finding.ts';
import type { CheckProof } from '../../domain/work-order/proof.ts';
import { changedFunctions } from '../emptied/changed-functions.ts';
import { evidenceOfBase, isEmpty, testsOfChange } from '../parts/compose.ts';
import { ChangeSorter } from '../parts/sort-change.ts';
import type { SortedFile } from '../parts/sorted-file.ts';
import type { CheckRun, CheckRuns, Judged, NeededRun } from './check-runs.ts';
import { explainAll } from './explain.ts';
import type { Explained } from './explanation.ts';
import { judgeBroken, neededBreak } from './judge-broken.ts';
import { emptiedMax, isEmptying, judgeEmptied, neededEmptying } from './judge-emptied.ts';
import { judgeRuns } from './judge-runs.ts';
import { isChecker, judgeTexts, withoutSilencesOf } from './judge-texts.ts';
import { withOwnTests } from './own-tests.ts';
import { prove } from './prove.ts';
import { failedIn, keyOf } from './reported-tests.ts';
import { underLevel } from './under-level.ts';
import { titlesOf, writtenTests } from './written-tests.ts';

export type Decision =
  | { run: NeededRun }
  | { findings: Finding[]; proof: CheckProof[]; sorted?: SortedFile[] };

export async function decide(judged: Judged): Promise<Decision> {
  const { ground, checks, level } = judged;
  const reported = new Set(
    checks.flatMap(({ more }) => more.base?.report?.tests.flatMap(({ file }) => file ?? []) ?? []),
  );
  const checkers = checks.filter(({ kind }) => isChecker(kind)).map(({ command }) => command);
  const sorter = new ChangeSorter(ground, reported, checkers);
  const sorted = await sorter.sort();
  const explained = await explainAll({
    sorted,
    asked: judged.asked,
    redBefore: redOnBase(checks),
    redStill: redStill(checks),
  });
  if (level !== 'checks-only')
    for (const [index, check] of checks.entries()) {
      const needed = await neededRun(check, sorted, explained, judged);
      if (needed) return { run: { check: index, ...needed } };
    }
  const written = await writtenTests(sorted);
  const bringsTests = !isEmpty(await testsOfChange(sorted));
  const findings = [
    ...unexamined(judged),
    ...judgeRuns({ ...judged, sorted, explained, written, bringsTests }),
    ...(await judgeTexts(judged, sorted)),
  ];
  // What is refused anyway pays for no more runs.
  const isRefused = () => underLevel(findings, level).some(({ weight }) => weight === 'refuses');
  if (level !== 'checks-only' && !isRefused()) {
    const needed = await neededBreak(checks, sorted, { ground, sorter });
    if (needed) return { run: needed };
    findings.push(...judgeBroken(checks, sorted));
  }
  if (isEmptying({ ...judged, sorted }) && !isRefused()) {
    const functions = await changedFunctions(sorted, emptiedMax(checks));
    const needed = neededEmptying(checks, functions);
    if (needed) return { run: needed };
    findings.push(...judgeEmptied({ ...judged, sorted }, functions));
  }
  return { findings: underLevel(ordered(findings), level), proof: checks.map(prove), sorted };
}

const redOnBase = (checks: readonly CheckRuns[]) =>
  checks.flatMap(({ more }) => more.base?.report?.tests.filter(({ result }) => result === 'failed') ?? []);

const redStill = (checks: readonly CheckRuns[]) => {
  const before = new Set(redOnBase(checks).map(({ file, name }) => `${file ?? ''}\0${name}`));
  return checks.flatMap(
    ({ more }) =>
      more.product?.report?.tests.filter(
        ({ result, file, name }) => result === 'failed' && before.has(`${file ?? ''}\0${name}`),
      ) ?? [],
  );
};

async function neededRun(
  { kind, change, more }: CheckRuns,
  sorted: readonly SortedFile[],
  explained: readonly Explained[],
  { asked }: Judged,
): Promise<Omit<NeededRun, 'check'> | null> {
  const isTest = kind === 'test' || kind === 'contract';
  const over = (kept: ReadonlySet<string>, withUnknown: boolean) =>
    evidenceOfBase(sorted, { kept, withTests: isTest, withUnknown });
  const none = new Set<string>();
  const [product, unknown] = [await over(none, true), await over(none, false)];
  const isRed = (run: CheckRun | null | undefined) => run === null || run?.passed === false;
  // What a runner says of itself may be its habit.
  if (
    isTest &&
    change.passed &&
    change.report !== null &&
    (!change.report.isComplete || change.report.counts.failed > 0) &&
    more.base === undefined
  )
    return { name: 'base', of: 'base', overlay: { take: [], remove: [], write: new Map() } };
  const hasUnknown = sorted.some(({ part }) => part === 'unknown');
  if (!isEmpty(product) && more.product === undefined)
    return { name: 'product', of: 'change', overlay: product };
  if (hasUnknown && !isEmpty(unknown) && more.unknown === undefined)
    return { name: 'unknown', of: 'change', overlay: unknown };
  // What fails on the change too, and failed before it, needs no reason.
  const redNow = new Set(failedIn(change).map(keyOf));
  const isNewRed = (run: CheckRun | null | undefined) =>
    isRed(run) && (change.passed || !failedIn(run).every((test) => redNow.has(keyOf(test))));
  if (isNewRed(more.product) || isNewRed(more.unknown)) {
    if (isTest && more.base === undefined)
      return { name: 'base', of: 'base', overlay: { take: [], remove: [], write: new Map() } };
    const kept = new Set(
      explained
        .filter(({ as }) => as !== null && (isTest || as === 'asked' || as === 'lock'))
        .map(({ file }) => file.file.path),
    );
    const rest = await over(kept, isRed(more.product));
    if (!isEmpty(rest)) {
      if (kept.size > 0 && more.explained === undefined)
        return { name: 'explained', of: 'change', overlay: rest };
      // What is red by chance accuses nobody.
      if ((kept.size === 0 || isRed(more.explained)) && more.again === undefined)
        return { name: 'again', of: 'change', overlay: rest };
    }
  }
  const own = isTest && change.passed ? await withOwnTests(sorted, explained) : null;
  if (own && !isRed(more.product) && !isRed(more.unknown)) {
    if (more.own === undefined) return { name: 'own', of: 'change', overlay: own };
    if (isRed(more.own) && more.again === undefined) return { name: 'again', of: 'change', overlay: own };
  }
  const bare = change.passed && more.bare === undefined ? await withoutSilencesOf(sorted, kind) : null;
  if (bare) return { name: 'bare', of: 'change', overlay: bare };
  const isStricter = isRed(more.product) && explained.some(({ holdsLess }) => holdsLess);
  const added = isTest || isStricter ? await testsOfChange(sorted) : null;
  const isWanted =
    asked.needs_test ||
    (change.report === null && sorted.some(mayBeTest)) ||
    isRed(more.product) ||
    isRed(more.unknown) ||
    (await addsTests(sorted));
  if (added && !isEmpty(added) && isWanted && change.passed && more.new === undefined)
    return { name: 'new', of: 'base', overlay: added };
  return null;
}

/** Of a language that is read by runs alone, a test is only known by where it lies. */
const mayBeTest = ({ part, role, file }: SortedFile) =>
  part === 'evidence' && /^(?:test|helper|fixture)$/.test(role) && file.status !== 'deleted';

/** Tests by their titles, wherever they stand. */
async function addsTests(sorted: readonly SortedFile[]): Promise<boolean> {
  const titles = async (side: 'before' | 'after') => {
    const found = new Set<string>();
    for (const { file } of sorted) {
      for (const title of (await titlesOf(file.path, file[side])).keys()) found.add(title);
    }
    return found;
  };
  const before = await titles('before');
  return [...(await titles('after'))].some((title) => !before.has(title));
}

function unexamined({ unread }: Judged): Finding[] {
  if (unread.length === 0) return [];
  const rest = unread.length > 20 ? ` and ${unread.length - 20} more` : '';
  return [
    {
      weight: 'refuses',
      kind: 'not_examined',
      text: `Not examined: ${unread.slice(0, 20).join('; ')}${rest}. What was not examined is not verified.`,
      files: [],
      tests: [],
    },
  ];
}

function ordered(found: readonly Finding[]): Finding[] {
  const known = new Set<string>();
  const refused = new Set(found.flatMap(({ weight, files }) => (weight === 'refuses' ? files : [])));
  const once = found.filter(
    ({ kind, text, files }) =>
      !known.has(`${kind} ${text}`) &&
      known.add(`${kind} ${text}`) &&
      !(kind === 'configuration_changed' && files.every((path) => refused.has(path))),
  );
  return once.sort((a, b) => (a.weight === b.weight ? 0 : a.weight === 'refuses' ? -1 : 1));
}
