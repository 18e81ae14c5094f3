// The result of a check without the change. It runs once per base commit, in a clean checkout, when the same check
// fails on a change; all work orders on that base share the result (R-PROJ-6).
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { classifyCheck } from '../../classifier/classify.ts';
import { seenIn } from '../../classifier/lack.ts';
import { type Check, wasKilled } from '../../domain/check.ts';
import { isMooseError } from '../../domain/failure.ts';
import { shortId } from '../../domain/ids.ts';
import type { SeenFailure } from '../../domain/seen-failure.ts';
import { makeScratchCheckout, removeScratchCheckout } from '../../git/scratch-checkout.ts';
import { findBaseCheck, keepBaseCheck } from '../../store/work/base-checks.ts';
import { markEffect } from '../../store/work/effects.ts';
import { performTogether } from '../effects/perform-effect.ts';
import { CancelRequested } from '../run/cancel.ts';
import { findCopiedFiles, marksOf } from '../run/copied-files.ts';
import { fenced, type Work } from '../run/work.ts';
import { networkOf } from './checks/check-network.ts';
import type { OnBase } from './checks/red-before.ts';
import { type DaemonPlan, daemonPlan } from './daemons/daemon-plan.ts';
import { startDaemons } from './daemons/start-daemons.ts';
import { variablesMark } from './given-variables.ts';
import { copyFiles } from './prepared/put-files.ts';
import { type RanCheck, runCheck } from './run-check.ts';

export interface BaseCheck {
  check: Check;
  /** The earlier checks that prepare this one: they install or build what it needs. */
  before: readonly Check[];
  index: number;
  baseSha: string;
}

/** A check that prepares this one has failed, so nothing is known about this one. */
const preparationFailed = 97;
/** The output of setup checks is kept out of the check's own output. */
const script = [
  'last=$1; shift',
  'log=$(mktemp) || exit 97',
  'for each do',
  '  sh -c "$each" >"$log" 2>&1 || { tail -c 32768 "$log"; rm -f "$log"; exit 97; }',
  'done',
  'rm -f "$log"',
  'exec sh -c "$last"',
].join('\n');

/**
 * Null if the check passes on the base. Undefined if that is unknown, because its setup fails there or there is no
 * checkout. `isFresh`: results that depend on the machine's current state are not reused.
 */
export async function onBase(
  work: Work,
  asked: BaseCheck,
  { isFresh }: { isFresh: boolean },
): Promise<OnBase> {
  const { project, slots, database, signal, clock } = work;
  const { check, baseSha } = asked;
  const copied = await findCopiedFiles({ project, commit: baseSha, signal });
  const marks = [...(await variablesMark(work)), ...(copied === null ? [] : marksOf(copied))];
  const key = { projectId: project.id, baseSha, checkKey: keyOf(asked, marks) };
  const find = () => database.run((query) => findBaseCheck(query, key), signal);
  const known = isFresh ? undefined : await find();
  if (known !== undefined) return known;
  // If several work orders ask at the same time, one runs the check, and the others read its result.
  return slots.withSlot(`base-check:${project.id}:${baseSha}:${key.checkKey}`, 1, signal, async () => {
    const meanwhile = isFresh ? undefined : await find();
    if (meanwhile !== undefined) return meanwhile;
    const seen = await run(work, asked);
    if (seen === undefined || (seen !== null && isPassing(seen))) return seen;
    await fenced(work, (query) =>
      keepBaseCheck(query, key, { command: check.command, seen, checkedAt: clock.now() }),
    );
    return seen;
  });
}

/** The next run of such a check may have another result. */
function isPassing({ lack, failureClass }: SeenFailure): boolean {
  return lack !== null || failureClass === 'timeout' || failureClass === 'orchestration_error';
}

async function run(work: Work, asked: BaseCheck): Promise<OnBase> {
  const { order, settings, signal } = work;
  const { before } = asked;
  const path = join(settings.dataDirectory, 'worktrees', `${shortId(order.id)}-base`);
  const key = `worktree:${order.id}:base@${settings.host}`;
  const plan = await daemonPlan(work, asked.baseSha);
  try {
    const ran = plan
      ? await runWithDaemons(work, asked, { path, key }, plan)
      : await runScript(work, asked, { path, key });
    if (ran === undefined) return undefined;
    const { result } = ran;
    if (result.passed) return null;
    if (result.exitCode === preparationFailed && before.length > 0) return undefined;
    const classification = classifyCheck(result);
    const isEndedByOthers = result.stoppedBecause === null && classification.failureClass === 'unknown';
    const seen = seenIn(result, path, classification);
    if (isEndedByOthers && classification.category === 'transient')
      return wasKilled(result) ? { ...seen, lack: { kind: 'memory', name: '' } } : undefined;
    return seen;
  } catch (cause) {
    // If the base cannot be checked out a second time, the change is judged without this comparison.
    if (!isMooseError(cause) || cause.component !== 'git' || cause.category === 'transient') throw cause;
    work.logger.warn({ workOrderId: order.id, code: cause.code, err: cause }, cause.message);
    return undefined;
  } finally {
    // If Moose stops, the process keeps running and is adopted.
    if (!signal.aborted || signal.reason instanceof CancelRequested) await remove(work, key, path);
  }
}

interface Checkout {
  path: string;
  key: string;
}

/** Includes the checks that prepare this one, unless `isPrepared`: then they have already run in the same checkout. */
function runScript(
  work: Work,
  { check, before, index, baseSha }: BaseCheck,
  { path, key }: Checkout,
  { isPrepared = false, what = check.kind }: { isPrepared?: boolean; what?: string } = {},
): Promise<RanCheck> {
  const { project, signal } = work;
  const first = isPrepared ? [] : before;
  return runCheck(work, {
    check,
    name: `base-${index + 1}-${what}`,
    cwd: path,
    argv: ['sh', '-c', script, 'sh', check.command, ...first.map(({ command }) => command)],
    network: networkOf(work, [...first, check], [...before, check]),
    event: 'base_check.finished',
    treeSha: baseSha,
    // One script runs both setup and check.
    audiences: ['setup', 'checks'],
    // A retried step runs the check again.
    stands: async () => false,
    ...(isPrepared
      ? {}
      : {
          beforeStart: async () => {
            await checkOut(work, key, { repositoryPath: project.repositoryPath, path, sha: baseSha, signal });
            await copyFiles(path, await findCopiedFiles({ project, commit: baseSha, signal }), signal);
          },
        }),
  });
}

/** Starts the services of the base in its checkout: the services of the change would answer for the change. */
async function runWithDaemons(
  work: Work,
  asked: BaseCheck,
  place: Checkout,
  plan: DaemonPlan,
): Promise<RanCheck | undefined> {
  const check: Check = { kind: 'setup', command: 'true', source: 'given' };
  const prepared = await runScript(work, { ...asked, check }, place, { what: 'before' });
  if (!prepared.result.passed) return undefined;
  const where = { plan, worktreePath: place.path, step: 'verifying', prefix: 'base ' } as const;
  const daemons = await startDaemons(work, where).catch((cause: unknown) => {
    if (isMooseError(cause) && cause.code === 'SERVICE_NOT_READY') return null;
    throw cause;
  });
  if (daemons === null) return undefined;
  try {
    const ran = await runScript(daemons.work, asked, place, { isPrepared: true });
    return !ran.result.passed && (await daemons.failure()) ? undefined : ran;
  } finally {
    await daemons.stop();
  }
}

async function checkOut(
  work: Work,
  key: string,
  wish: Parameters<typeof makeScratchCheckout>[0],
): Promise<void> {
  const { repositoryPath, path: worktreePath } = wish;
  await performTogether(work, [
    {
      kind: 'worktree',
      key,
      detail: { repositoryPath, worktreePath, host: work.settings.host, isScratch: true },
      act: async () => {
        await makeScratchCheckout(wish);
        return {};
      },
    },
  ]);
}

async function remove({ database }: Work, key: string, path: string): Promise<void> {
  await removeScratchCheckout(path);
  await database.run((query) => markEffect(query, key, 'undone'));
}

/** Variables and copied files are part of the key, because the same check may pass with different ones. */
function keyOf({ check, before }: BaseCheck, variables: readonly string[]): string {
  const commands = [...before, check].map(({ command }) => command);
  const asked = variables.length === 0 ? commands : { commands, variables };
  return createHash('sha256').update(JSON.stringify(asked)).digest('hex');
}
