// Runs a check in a clean checkout beside the worktree: the base, or a mix of the base and the change (R-PROJ-6,
// R-GREEN-1, R-GREEN-4). What the setup made comes from the cache, if it can.
import { join } from 'node:path';
import { isMooseError } from '../../../domain/failure.ts';
import { shortId } from '../../../domain/ids.ts';
import type { Check } from '../../../domain/work-order/check.ts';
import { indexedTree, type LaidOver, layOver } from '../../../git/worktree/lay-over.ts';
import { makeScratchCheckout, removeScratchCheckout } from '../../../git/worktree/scratch-checkout.ts';
import { markEffect } from '../../../store/work/sessions/effects.ts';
import type { RunName } from '../../../verification/verdict/check-runs.ts';
import { CancelRequested } from '../../run/cancel.ts';
import { findCopiedFiles } from '../../run/copied-files.ts';
import { performTogether } from '../../run/effects/perform-effect.ts';
import type { Work } from '../../run/work.ts';
import { pinOf } from '../container/project-image.ts';
import { type DaemonPlan, daemonPlan } from '../daemons/daemon-plan.ts';
import { startDaemons } from '../daemons/start-daemons.ts';
import { giveEntry } from '../prepared/give-entry.ts';
import { makeOwnHome, ownHomeOf, removeOwnHome } from '../prepared/kept-home.ts';
import { preparationOf } from '../prepared/preparation.ts';
import { copyFiles } from '../prepared/put-files.ts';
import { networkOf } from './check-network.ts';
import { type CheckRun, type RanCheck, runCheck } from './run-check.ts';

export interface ScratchTree {
  /** Part of the checkout's path and of the names of its sessions. */
  name: 'fresh' | 'base-again' | RunName | `together-${number}`;
  sha: string;
  /** The base of the work order: it decides about services, setup and copied files. */
  baseSha: string;
  /** Files of another commit that lie over it. */
  over?: LaidOver;
}

export interface ScratchCheck {
  check: Check;
  /** The earlier checks that prepare this one: they install or build what it needs. */
  before: readonly Check[];
  index: number;
  /** If absent, the time limit of checks. */
  limitMs?: number;
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

function eventOf({ name }: ScratchTree): CheckRun['event'] {
  if (name === 'base') return 'base_check.finished';
  return name.startsWith('together-') || name === 'fresh'
    ? 'together_check.finished'
    : 'proof_check.finished';
}

interface Place {
  path: string;
  key: string;
}

export interface CheckedInScratch {
  ran: RanCheck;
  path: string;
  /** False if a check that prepares this one failed: `ran` is then its run, and nothing is known about this one. */
  isPrepared: boolean;
}

/** Undefined if a service fails there, or git does. */
export async function checkInScratch(
  work: Work,
  tree: ScratchTree,
  asked: ScratchCheck,
): Promise<CheckedInScratch | undefined> {
  const { order, settings, signal } = work;
  const path = join(settings.dataDirectory, 'worktrees', `${shortId(order.id)}-${tree.name}`);
  const place = { path, key: `worktree:${order.id}:${tree.name}@${settings.host}` };
  const plan = await daemonPlan(work, tree.baseSha);
  const checksHome = await ownHomeOf(work, tree.name);
  const own = checksHome === undefined ? work : { ...work, checksHome };
  try {
    const ran = plan
      ? await runWithDaemons(own, tree, asked, place, plan)
      : await runScript(own, tree, asked, place);
    if (ran === undefined) return undefined;
    const isPrepared = ran.result.exitCode !== preparationFailed || asked.before.length === 0;
    return { ran, path, isPrepared };
  } catch (cause) {
    // If git cannot make the checkout, the change is judged without it.
    if (!isMooseError(cause) || cause.component !== 'git' || cause.category === 'transient') throw cause;
    work.logger.warn({ workOrderId: order.id, code: cause.code, err: cause }, cause.message);
    return undefined;
  } finally {
    // If Moose stops, the process keeps running and is adopted.
    if (!signal.aborted || signal.reason instanceof CancelRequested) await remove(own, place);
  }
}

/** Includes the checks that prepare this one, unless `isPrepared`: then they have already run in the same checkout. */
async function runScript(
  work: Work,
  tree: ScratchTree,
  { check, before, index, limitMs }: ScratchCheck,
  place: Place,
  { isPrepared = false, what = check.kind }: { isPrepared?: boolean; what?: string } = {},
): Promise<RanCheck> {
  const { path } = place;
  const first = isPrepared ? [] : before;
  let isReady = false;
  const commands = () =>
    first.filter(({ kind }) => !isReady || kind !== 'setup').map(({ command }) => command);
  return runCheck(work, {
    check,
    name: `${tree.name}-${index + 1}-${what}`,
    cwd: path,
    argv: () => ['sh', '-c', script, 'sh', check.command, ...commands()],
    network: networkOf(work, [...first, check], [...before, check]),
    event: eventOf(tree),
    treeSha: tree.sha,
    isFresh: true,
    ...(limitMs === undefined ? {} : { limitMs }),
    // One script runs both setup and check.
    audiences: ['setup', 'checks'],
    // A retried step runs the check again.
    stands: async () => false,
    ...(isPrepared
      ? {}
      : {
          beforeStart: async () => {
            isReady = await makePlace(work, tree, place);
          },
        }),
  });
}

/** Starts the services of the base in the checkout: the services of the change would answer for the change. */
async function runWithDaemons(
  work: Work,
  tree: ScratchTree,
  asked: ScratchCheck,
  place: Place,
  plan: DaemonPlan,
): Promise<RanCheck | undefined> {
  const check: Check = { kind: 'setup', command: 'true', source: 'given' };
  const prepared = await runScript(work, tree, { ...asked, check }, place, { what: 'before' });
  if (!prepared.result.passed) return prepared.result.exitCode === preparationFailed ? prepared : undefined;
  const prefix = tree.name === 'base' ? 'base ' : `${tree.name} `;
  const where = { plan, worktreePath: place.path, step: 'verifying', prefix } as const;
  const daemons = await startDaemons(work, where).catch((cause: unknown) => {
    if (isMooseError(cause) && cause.code === 'SERVICE_NOT_READY') return null;
    throw cause;
  });
  if (daemons === null) return undefined;
  try {
    const ran = await runScript(daemons.work, tree, asked, place, { isPrepared: true });
    return !ran.result.passed && (await daemons.failure()) ? undefined : ran;
  } finally {
    await daemons.stop();
  }
}

/** @returns whether what the setup makes is there too */
async function makePlace(
  work: Work,
  tree: ScratchTree,
  { path: worktreePath, key }: Place,
): Promise<boolean> {
  const { project, settings, signal } = work;
  const { repositoryPath } = project;
  await makeOwnHome(work);
  const wish = { repositoryPath, path: worktreePath, sha: tree.sha, signal };
  await performTogether(work, [
    {
      kind: 'worktree',
      key,
      detail: { repositoryPath, worktreePath, host: settings.host, isScratch: true },
      act: async () => {
        await makeScratchCheckout({
          ...wish,
          mayFetchLfs: tree.sha === tree.baseSha,
          submodulesOfBase: project.settings.submodules === true ? tree.baseSha : null,
          remoteAddress: project.remoteAddress,
          privateHosts: project.settings.private_hosts ?? [],
        });
        if (tree.over) await layOver(worktreePath, tree.over, { signal });
        return {};
      },
    },
  ]);
  const sha = tree.over ? await indexedTree(worktreePath, { signal }) : tree.sha;
  const prepared = { baseSha: tree.baseSha, sha, repositoryPath: worktreePath };
  const preparation = await preparationOf({ ...work, image: await pinOf(work) }, prepared);
  const isGiven =
    preparation !== null &&
    preparation.setup.length > 0 &&
    (await orNull(work, () => giveEntry(work, { ...preparation, isAlone: false }, worktreePath))) !== null;
  if (!isGiven)
    await copyFiles(worktreePath, await findCopiedFiles({ project, commit: tree.baseSha, signal }), signal);
  return isGiven;
}

/** The cache only saves time. */
async function orNull<T>(work: Work, act: () => Promise<T>): Promise<T | null> {
  try {
    return await act();
  } catch (cause) {
    if (work.signal.aborted) throw cause;
    work.logger.warn({ workOrderId: work.order.id, err: cause }, 'the result of a setup could not be used');
    return null;
  }
}

async function remove(work: Work, { path, key }: Place): Promise<void> {
  await removeScratchCheckout(path);
  await removeOwnHome(work);
  await work.database.run((query) => markEffect(query, key, 'undone'));
}
