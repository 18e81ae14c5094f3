// Whether what is green is green by the change, and not by what judges it (R-GREEN-1 to R-GREEN-8). The extra runs happen
// only where the change touches a judging file or adds a test, one after the other: a work order has one check at a time.
import type { Check } from '../../../domain/check.ts';
import type { Finding } from '../../../domain/finding.ts';
import type { VerifyLevel } from '../../../domain/verify-level.ts';
import { greenOnlyFromCache } from '../../../verification/cached-results.ts';
import { type CheckRun, type JudgedCheck, judgeChange } from '../../../verification/judge-change.ts';
import {
  addsTests,
  isEmpty,
  judgingOfBase,
  type Overlay,
  testsOfChange,
} from '../../../verification/lay-over.ts';
import { readTask } from '../../../verification/task.ts';
import { underLevel } from '../../../verification/under-level.ts';
import { unnamedTests } from '../../../verification/unnamed-tests.ts';
import type { ApplyingResult, RoutingResult } from '../../run/step-results.ts';
import type { Work } from '../../run/work.ts';
import type { RanCheck } from '../run-check.ts';
import { readChange } from './read-change.ts';
import { checkInScratch, type ScratchTree } from './scratch-check.ts';
import { runOf, withoutCache } from './without-cache.ts';

export interface Judging {
  routed: RoutingResult;
  applied: ApplyingResult;
  checks: readonly Check[];
  /** The checks that passed on the change, by their place among all. */
  passed: ReadonlyArray<{ index: number; ran: RanCheck }>;
  /** `checks-only` runs no check again. */
  level: VerifyLevel;
}

/** What is found about a change whose checks passed; the most severe first. */
export async function findingsOf(work: Work, judging: Judging): Promise<Finding[]> {
  const { routed, applied, checks, passed, level } = judging;
  const { baseSha } = routed;
  const { headSha } = applied;
  if (baseSha === headSha || passed.length === 0) return [];
  const read = await readChange(
    work,
    { baseSha, headSha },
    checks.map(({ command }) => command),
  );
  const task = readTask(
    [work.order.title, work.order.description, work.order.acceptance, work.run.settings.note]
      .filter(Boolean)
      .join('\n'),
  );
  const added = testsOfChange(read);
  const isRunAgain = level !== 'checks-only';
  const isProved = isRunAgain && addsTests(read.files) && !isEmpty(added);
  const judged: JudgedCheck[] = [];
  const cached: Finding[] = [];
  for (const { index, ran } of passed) {
    const { kind, command } = ran.check;
    const again = (name: 'fresh' | 'base') =>
      inScratch(work, judging, index, { name, sha: name === 'base' ? baseSha : headSha, baseSha });
    const fresh = isRunAgain ? await withoutCache(ran, again) : { run: runOf(ran) };
    if ('greenOnlyFromCache' in fresh) cached.push(greenOnlyFromCache(command, fresh.greenOnlyFromCache));
    if (!('run' in fresh)) continue;
    const isTest = kind === 'test' || kind === 'contract';
    const laid = judgingOfBase({ ...read, withTests: isTest });
    const over = (overlay: Overlay, tree: Omit<ScratchTree, 'baseSha' | 'over'>, from: string) =>
      extraRun(work, judging, index, { ...tree, baseSha, over: { from, ...overlay } });
    const overBase =
      isEmpty(laid) || !isRunAgain
        ? undefined
        : ((await over(laid, { name: 'over', sha: headSha }, baseSha)) ?? unfit);
    const newOnBase =
      isTest && isProved ? await over(added, { name: 'new', sha: baseSha }, headSha) : undefined;
    const isRed = overBase !== undefined && !overBase.passed;
    const base =
      isRed && isTest
        ? await extraRun(work, judging, index, { name: 'base', sha: baseSha, baseSha })
        : undefined;
    judged.push({
      kind,
      command,
      change: fresh.run,
      ...(overBase ? { over: overBase } : {}),
      ...(base === undefined ? {} : { base }),
      ...(newOnBase ? { newOnBase } : {}),
    });
  }
  const findings = [...cached, ...judgeChange(judged, { ...read, task }), ...unnamedTests(judged)];
  return underLevel(findings, level, task);
}

/** What prepares the check does not work with the base's judging files. */
const unfit: CheckRun = { passed: false, report: null, outputTail: '' };

async function extraRun(...asked: Parameters<typeof inScratch>): Promise<CheckRun | null> {
  const ran = await inScratch(...asked);
  return ran && runOf(ran);
}

/** Null if nothing is known about it: what prepares the check fails there, or git cannot make the checkout. */
async function inScratch(
  work: Work,
  { checks }: Judging,
  index: number,
  tree: ScratchTree,
): Promise<RanCheck | null> {
  const check = checks[index];
  if (!check) return null;
  const before = checks.slice(0, index).filter(({ kind }) => kind === 'setup' || kind === 'build');
  const done = await checkInScratch(work, tree, { check, before, index });
  return done?.ran ?? null;
}
