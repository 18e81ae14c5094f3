// Decides whether a change is green on the newest base with the other open changes, and, if not, with which of them it is
// red (R-GREEN-11). Git and the runs of the checks come in from outside.
import type { OtherChange, RedCheck, TogetherMode } from '../../../domain/work-order/together.ts';
import type { MergedChanges } from '../../../git/merge/merge-changes.ts';
import { type RedSet, smallestRedSet } from '../../../verification/together/smallest-red-set.ts';

/** What stands beside the change in the tree: another change, or the commits that the base has gained. */
export interface Neighbour extends OtherChange {
  headSha: string;
}

export interface Ours {
  headSha: string;
  treeSha: string;
  /** The newest commit of the base that the change contains. */
  startSha: string;
}

/** `isNew`: it took a run; undefined `red`: the run says nothing. */
export interface TreeResult {
  red: RedCheck | null | undefined;
  isNew: boolean;
}

export type CheckTree = (tree: { sha: string; treeSha: string }) => Promise<TreeResult>;

export interface JudgeTogether {
  mode: Exclude<TogetherMode, 'off'>;
  ours: Ours;
  /** The newest commit of the base branch. */
  tipSha: string;
  /** Stands for what the base has gained since. */
  baseName: OtherChange;
  /** In the order in which they were published. */
  others: readonly Neighbour[];
  isLikely(neighbour: Neighbour): Promise<boolean>;
  merge(baseSha: string, heads: readonly string[]): Promise<MergedChanges>;
  check: CheckTree;
}

export interface JudgedTogether {
  /**
   * `alone`: nothing to check. `conflict`: git cannot merge it with its base. `red`: with `blamed`, and each is green
   * without it. `not ours`: red without this change too.
   */
  is: 'alone' | 'green' | 'red' | 'not ours' | 'unknown' | 'conflict';
  treeSha: string;
  /** In the tree, besides the change. */
  with: Neighbour[];
  left: Neighbour[];
  runs: number;
  /** If red: the smallest set that was found, and its first red check. */
  blamed: Neighbour[];
  isSmallest: boolean;
  red: RedCheck | null;
}

export async function judgeTogether(asked: JudgeTogether): Promise<JudgedTogether> {
  const { ours, tipSha, baseName, merge } = asked;
  const base: Neighbour = { ...baseName, headSha: tipSha };
  const isMoved = ours.startSha !== tipSha;
  const chosen = await chosenOf(asked);
  const near = isMoved ? [base, ...chosen] : chosen;
  if (near.length === 0) return { ...nothing(ours.treeSha), is: 'alone' };
  const treeOf = (some: readonly Neighbour[], withOurs: boolean) =>
    merge(some.includes(base) || !isMoved ? tipSha : ours.startSha, [
      ...(withOurs ? [ours.headSha] : []),
      ...some.filter((each) => each !== base).map(({ headSha }) => headSha),
    ]);
  const whole = await treeOf(near, true);
  const leftOut = new Set(whole.left.map(({ head }) => head));
  const left = chosen.filter(({ headSha }) => leftOut.has(headSha));
  const others = near.filter((each) => !left.includes(each));
  const unknown = { ...nothing(whole.treeSha), with: others, left };
  if (leftOut.has(ours.headSha)) return { ...unknown, is: 'conflict' };
  if (whole.treeSha === ours.treeSha) return { ...unknown, is: 'alone', with: [] };
  const isAlone = others.every((each) => each === base);
  if (isAlone && asked.mode === 'likely' && !(await asked.isLikely(base)))
    return { ...unknown, is: 'alone', with: [] };
  const runner = countedRuns(asked, treeOf);
  const first = await runner.run(others, true);
  const known = () => ({ ...unknown, runs: runner.runs() });
  if (first === undefined) return { ...known(), is: 'unknown' };
  if (first === null) return { ...known(), is: 'green' };
  return { ...known(), ...(await blame(others, runner)), runs: runner.runs() };
}

/** What is known of a tree before a check has run on it. */
function nothing(treeSha: string): Omit<JudgedTogether, 'is'> {
  return { treeSha, with: [], left: [], runs: 0, blamed: [], isSmallest: true, red: null };
}

/** Those that something connects with the change come first: they are the likely cause. */
async function chosenOf({ mode, others, isLikely }: JudgeTogether): Promise<Neighbour[]> {
  const likely: Neighbour[] = [];
  const unlikely: Neighbour[] = [];
  for (const other of others) ((await isLikely(other)) ? likely : unlikely).push(other);
  return mode === 'all' ? [...likely, ...unlikely] : likely;
}

interface CountedRuns {
  run(some: readonly Neighbour[], withOurs: boolean): Promise<RedCheck | null | undefined>;
  runs(): number;
  /** Whether the last result took a run. */
  hasRun(): boolean;
  /** Of the tree with ours and these; null if it is not red. */
  redOf(some: readonly Neighbour[]): RedCheck | null;
}

function countedRuns(
  { ours, check }: JudgeTogether,
  treeOf: (some: readonly Neighbour[], withOurs: boolean) => Promise<MergedChanges>,
): CountedRuns {
  const found = new Map<string, RedCheck | null | undefined>();
  let runs = 0;
  let isNew = false;
  const keyOf = (some: readonly Neighbour[], withOurs: boolean) =>
    [withOurs, ...some.map(({ headSha }) => headSha)].join(' ');
  return {
    run: async (some, withOurs) => {
      const tree = await treeOf(some, withOurs);
      // The change alone is verified.
      const result = tree.treeSha === ours.treeSha ? { red: null, isNew: false } : await check(tree);
      isNew = result.isNew;
      if (isNew) runs += 1;
      found.set(keyOf(some, withOurs), result.red);
      return result.red;
    },
    runs: () => runs,
    hasRun: () => isNew,
    redOf: (some) => found.get(keyOf(some, true)) ?? null,
  };
}

async function blame(
  others: readonly Neighbour[],
  runner: CountedRuns,
): Promise<Pick<JudgedTogether, 'is' | 'blamed' | 'isSmallest' | 'red'>> {
  const set: RedSet<Neighbour> = await smallestRedSet(
    others,
    async (some, withOurs) => {
      const red = await runner.run(some, withOurs);
      return red === undefined ? undefined : red !== null;
    },
    runner.hasRun,
  );
  const nobody = { blamed: [], isSmallest: false, red: null };
  if (set.is !== 'ours') return { ...nobody, is: set.is };
  // Where the set was not tried by itself, the whole tree says what is red.
  const red = runner.redOf(set.others) ?? runner.redOf(others);
  return { is: 'red', blamed: [...set.others], isSmallest: set.isSmallest, red };
}

const testsShownMax = 5;

/** What is red, as the end of a sentence. */
export function redWords({ kind, command, tests }: RedCheck): string {
  const named = tests.slice(0, testsShownMax).map((test) => `"${test}"`);
  const more = tests.length > testsShownMax ? ` and ${tests.length - testsShownMax} more` : '';
  return `the ${kind} check \`${command}\` fails${named.length > 0 ? ` at ${named.join(', ')}${more}` : ''}`;
}
