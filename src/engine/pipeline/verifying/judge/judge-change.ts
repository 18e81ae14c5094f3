// Whether what is green is green by the change, and not by what it altered beside the product (R-GREEN-1 to R-GREEN-18).
// The judge says which run it needs next; they happen one after the other: a work order has one check at a time.

import type { TransientError } from '../../../../domain/failure.ts';
import { type Check, wasKilled } from '../../../../domain/work-order/check.ts';
import type { Finding } from '../../../../domain/work-order/finding.ts';
import type { ApplyingResult, RoutingResult } from '../../../../domain/work-order/step-result.ts';
import type { VerifyLevel } from '../../../../domain/work-order/verify-level.ts';
import { greenOnlyFromCache } from '../../../../verification/cached-results.ts';
import { isEmpty } from '../../../../verification/parts/compose.ts';
import { emptiedByDefault } from '../../../../verification/verdict/judge-emptied.ts';
import type { Work } from '../../../run/work.ts';
import type { RanCheck } from '../../../workplace/checks/run-check.ts';
import { checkInScratch, type ScratchTree } from '../../../workplace/checks/scratch-check.ts';
import { judge } from '../../../workplace/judge/judge-in-thread.ts';
import type { CheckInFiles } from '../../../workplace/judge/judge-task.ts';
import { limitFailure } from '../../../workplace/sessions/passed-limit.ts';
import { pipelineFailures } from '../../failure-catalogue.ts';
import { askedInTask } from '../asked/read-task.ts';
import { withoutCache } from './without-cache.ts';

export interface Judging {
  routed: RoutingResult;
  applied: ApplyingResult;
  checks: readonly Check[];
  /** The checks that passed on the change, by their place among all. */
  passed: ReadonlyArray<{ index: number; ran: RanCheck }>;
  /** `checks-only` runs no check again. */
  level: VerifyLevel;
}

/** What is found about a change of which no check is red; the most severe first. */
export async function findingsOf(work: Work, judging: Judging): Promise<Finding[]> {
  const { routed, applied, checks, passed, level } = judging;
  const { baseSha } = routed;
  const { headSha } = applied;
  // Without a check, CI decides on the forge, and what the diff says still counts.
  const hasChecks = checks.some(({ kind }) => kind !== 'setup');
  if (baseSha === headSha || (passed.length === 0 && hasChecks)) return [];
  const isRunAgain = level !== 'checks-only';
  const runs: CheckInFiles[] = [];
  const indexes: number[] = [];
  const cached: Finding[] = [];
  for (const { index, ran } of passed) {
    const { kind, command } = ran.check;
    const again = (name: 'fresh' | 'base') =>
      inScratch(work, judging, index, { name, sha: name === 'base' ? baseSha : headSha, baseSha });
    const fresh = isRunAgain ? await withoutCache(ran, again) : { run: ran };
    if ('greenOnlyFromCache' in fresh)
      cached.push(greenOnlyFromCache(command, fresh.greenOnlyFromCache.report?.failed ?? []));
    if (!('run' in fresh)) continue;
    const emptied = emptiedIn(ran.result.durationMs);
    runs.push({ kind, command, emptied, change: runOf(fresh.run), more: {} });
    indexes.push(index);
  }
  const { title, description, acceptance } = work.order;
  const task = [title, description, acceptance, work.run.settings.note].filter(Boolean).join('\n');
  const commands = checks.map(({ command }) => command);
  const asked = await askedInTask(work, task, level);
  const { repositoryPath } = work.project;
  const facts = { repositoryPath, baseSha, headSha, commands, task, asked, level };
  for (;;) {
    const decision = await judge.judge(work.order.id, { ...facts, checks: runs }, work.signal);
    if (!('run' in decision)) return [...cached, ...decision.findings];
    const { check, name, of, overlay } = decision.run;
    const [sha, from] = of === 'base' ? [baseSha, headSha] : [headSha, baseSha];
    const tree = { name, sha, baseSha, ...(isEmpty(overlay) ? {} : { over: { from, ...overlay } }) };
    const ran = await inScratch(work, judging, indexes[check] ?? 0, tree);
    const one = runs[check];
    if (one) one.more[name] = ran && runOf(ran);
  }
}

/** As many as fit into a time, and at least one. */
const emptyingMsMax = 600_000;
const emptiedIn = (durationMs: number) =>
  Math.max(1, Math.min(emptiedByDefault, Math.floor(emptyingMsMax / Math.max(1, durationMs))));

/** The machine may be busier, and what prepares the check may have come from a cache. */
const extraRunMsMin = 300_000;
const emptiedRunMsMin = 30_000;
const extraRunTimes = 10;

const runOf = ({ result: { passed, outputTail }, report }: RanCheck) => ({
  passed,
  outputTail,
  reportPath: report?.path ?? null,
});

/** Null if nothing is known about it: what prepares the check fails there, or git cannot make the checkout. */
async function inScratch(
  work: Work,
  judging: Judging,
  index: number,
  tree: ScratchTree,
): Promise<RanCheck | null> {
  const { checks } = judging;
  const check = checks[index];
  if (!check) return null;
  const before = checks.slice(0, index).filter(isPreparing);
  const isEmptied = tree.name.startsWith('emptied-');
  const limitMs = limitOf(work, judging, index, isEmptied ? emptiedRunMsMin : extraRunMsMin);
  const done = await checkInScratch(work, tree, { check, before, index, limitMs });
  // With a function that does nothing, a loop may never end, and fill the memory: that is noticed too.
  if (done?.isPrepared && isEmptied) return done.ran;
  const limited = done && limitOfSession(work, done.ran);
  if (limited) throw limited;
  if (done && wasKilled(done.ran.result)) throw interrupted(work, check, done.ran);
  return done?.isPrepared ? done.ran : null;
}

const limitOfSession = (work: Work, { check, result, session, sessionId }: RanCheck) =>
  limitFailure(work, {
    reason: result.stoppedBecause,
    what: `${check.kind} check "${check.command}"`,
    step: 'verifying',
    ...session,
    metadata: { sessionId },
  });

const isPreparing = ({ kind }: Check) => kind === 'setup' || kind === 'build';

/**
 * A new test may wait forever on the base, and an old one on the change. The same commands took much less time on the
 * change.
 */
function limitOf({ settings }: Work, { passed }: Judging, index: number, minMs: number): number {
  const own = passed.filter(
    (one) => one.index === index || (one.index < index && isPreparing(one.ran.check)),
  );
  const ownMs = own.reduce((sum, { ran }) => sum + ran.result.durationMs, 0);
  return Math.min(settings.checkTimeLimitMs, minMs + extraRunTimes * ownMs);
}

/** As with the check itself: who kills a run says nothing about the change. */
function interrupted({ order }: Work, { command }: Check, { result, sessionId }: RanCheck): TransientError {
  const { outputTail } = result;
  return pipelineFailures.CHECK_INTERRUPTED(
    { operation: 'verify', workOrderId: order.id, metadata: { sessionId, outputTail } },
    {
      summary: `A second run of \`${command}\`, which shows what the change is worth, was killed, as the kernel does when memory is short.`,
    },
  );
}
