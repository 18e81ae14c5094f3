// Whether what is green is green by the change, and not by what it altered beside the product (R-GREEN-1 to R-GREEN-18).
// The judge says which run it needs next; they happen one after the other: a work order has one check at a time.

import type { TransientError } from '../../../../domain/failure.ts';
import { type Check, wasKilled } from '../../../../domain/work-order/check.ts';
import type { Finding } from '../../../../domain/work-order/finding.ts';
import type { ApplyingResult, RoutingResult } from '../../../../domain/work-order/step-result.ts';
import type { VerifyLevel } from '../../../../domain/work-order/verify-level.ts';
import { greenOnlyFromCache } from '../../../../verification/cached-results.ts';
import type { Work } from '../../../run/work.ts';
import { emptiedIn, extraRunLimitMs, isPreparing } from '../../../workplace/checks/extra-runs.ts';
import type { RanCheck } from '../../../workplace/checks/run-check.ts';
import { checkInScratch, type ScratchTree } from '../../../workplace/checks/scratch-check.ts';
import type { CheckInFiles } from '../../../workplace/judge/judge-task.ts';
import { judgeWithRuns, runOf, type Verdict } from '../../../workplace/judge/judge-with-runs.ts';
import { limitFailure } from '../../../workplace/sessions/passed-limit.ts';
import { pipelineFailures } from '../../failure-catalogue.ts';
import { askedInTask } from '../asked/read-task.ts';
import { withoutCache } from './without-cache.ts';

export interface Judging {
  routed: RoutingResult;
  applied: ApplyingResult;
  checks: readonly Check[];
  /** The checks that passed on the change, or fail without it too, by their place among all. */
  judged: ReadonlyArray<{ index: number; ran: RanCheck }>;
  /** `checks-only` runs no check again. */
  level: VerifyLevel;
}

/** What is found about a change that no check is red because of, and what its runs show for it. */
export async function verdictOn(work: Work, judging: Judging): Promise<Verdict> {
  const { routed, applied, checks, judged, level } = judging;
  const { baseSha } = routed;
  const { headSha } = applied;
  // Without a check, CI decides on the forge, and what the diff says still counts.
  const hasChecks = checks.some(({ kind }) => kind !== 'setup');
  if (baseSha === headSha || (judged.length === 0 && hasChecks)) return { findings: [], proof: [] };
  const isRunAgain = level !== 'checks-only';
  const runs: CheckInFiles[] = [];
  const indexes: number[] = [];
  const cached: Finding[] = [];
  for (const { index, ran } of judged) {
    const { kind, command } = ran.check;
    const again = (name: 'fresh' | 'base') =>
      inScratch(work, judging, index, { name, sha: name === 'base' ? baseSha : headSha, baseSha });
    const fresh = isRunAgain && ran.result.passed ? await withoutCache(ran, again) : { run: ran };
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
  const results = new Map(judged.map(({ index, ran }) => [index, ran.result.passed]));
  const { repositoryPath } = work.project;
  const facts = { repositoryPath, baseSha, headSha, commands, task, asked, level, checks: runs };
  const found = await judgeWithRuns(
    work.order.id,
    facts,
    async (check, tree) => {
      const index = indexes[check] ?? 0;
      // It ran there when the check was red: a session of the same name would be that one.
      const isAgain = tree.name === 'base' && results.get(index) === false;
      const name = isAgain ? 'base-again' : tree.name;
      const ran = await inScratch(work, judging, index, { ...tree, name, baseSha });
      return ran && runOf(ran);
    },
    work.signal,
  );
  return { ...found, findings: [...cached, ...found.findings] };
}

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
  const took = judging.judged.map((one) => ({ ...one.ran.result, index: one.index }));
  const limitMs = extraRunLimitMs(work.settings, took, { index, isEmptied });
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
