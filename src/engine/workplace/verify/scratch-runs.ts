// Runs the checks of a change without a work order: each tree in a clean checkout at the same path, isolated and limited
// like a check, with what the setup made for the same manifests and locks (R-PART-1).
import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Check, CheckResult } from '../../../domain/work-order/check.ts';
import { listUntracked } from '../../../git/worktree/ignored-files.ts';
import { indexedTree, type LaidOver, layOver } from '../../../git/worktree/lay-over.ts';
import { makeScratchCheckout } from '../../../git/worktree/scratch-checkout.ts';
import { ownFolder } from '../../../sessions/isolation/session-view.ts';
import { readOutput } from '../../../sessions/read-output.ts';
import { writePassing } from '../../../stdx/files/passing-files.ts';
import { removeTree } from '../../../stdx/files/remove-tree.ts';
import { withoutCaches } from '../../../verification/cached-results.ts';
import { reportRequest } from '../../../verification/reports/report-request.ts';
import { networkOf } from '../checks/check-network.ts';
import { isPreparing } from '../checks/extra-runs.ts';
import type { RunReport } from '../checks/run-report.ts';
import { judge } from '../judge/judge-in-thread.ts';
import { isWayFree } from '../prepared/folders.ts';
import { inputsAt } from '../prepared/preparation.ts';
import { copyFiles } from '../prepared/put-files.ts';
import { copyTree } from '../prepared/tree-tools.ts';
import { startProofDaemons } from '../proof/proof-daemons.ts';
import type { ProofPlace } from '../proof/proof-place.ts';
import type { ProofDeps, ProofRequest } from '../proof/proof-request.ts';
import { environmentIn, runInPlace } from '../proof/proof-session.ts';

const outputTailBytes = 32 * 1024;

export interface Tree {
  sha: string;
  over?: LaidOver;
}

export interface RanInScratch {
  check: Check;
  result: CheckResult;
  report: RunReport | null;
}

export interface Scratch {
  deps: ProofDeps;
  place: ProofPlace;
  /** Its commit decides what services, setup and copied files there are. */
  request: ProofRequest<Check>;
  /** What setups made, by what their results depend on. */
  prepared: Map<string, { path: string; home: string; names: readonly string[] }>;
}

/** Null, or the setup that failed. */
export async function makeTree(
  { deps, place, request, prepared }: Scratch,
  tree: Tree,
): Promise<CheckResult | null> {
  const { signal } = deps;
  const { repositoryPath, sha: baseSha, copied } = request;
  const { sha, over } = tree;
  const { checkout } = place;
  await makeScratchCheckout({
    repositoryPath,
    path: checkout,
    sha,
    mayFetchLfs: sha === baseSha,
    submodulesOfBase: baseSha,
    signal,
  });
  if (over) await layOver(checkout, over, { signal });
  await copyFiles(checkout, copied ?? null, signal);
  // What another tree's tests have put there would decide here too.
  await removeTree(place.home);
  await mkdir(place.home, { mode: 0o700 });
  const setup = request.commands.filter(({ kind }) => kind === 'setup');
  if (setup.length === 0) return null;
  const commands = setup.map(({ command }) => command);
  const of = over ? await indexedTree(checkout, { signal }) : sha;
  const key = JSON.stringify(await inputsAt({ repositoryPath: checkout, sha: of, signal }, commands));
  const known = prepared.get(key);
  if (known) {
    for (const name of known.names) await putInto(checkout, name, join(known.path, name), signal);
    await removeTree(place.home);
    await copyTree(known.home, place.home, signal);
    return null;
  }
  for (const check of setup) {
    const { result } = await runIn({ deps, place, request, prepared }, check, { networkPid: null });
    if (!result.passed) return result;
  }
  // A setup that alters files of the project runs again each time.
  const names = await listUntracked(checkout, { signal });
  if (names === null) return null;
  const path = join(place.path, 'prepared', String(prepared.size + 1));
  for (const name of names) await putInto(path, name, join(checkout, name), signal);
  const home = `${path}-home`;
  await mkdir(dirname(home), { recursive: true });
  await copyTree(place.home, home, signal);
  prepared.set(key, { path, home, names });
  return null;
}

/** What is in the way stays: a change may track it. */
async function putInto(root: string, name: string, from: string, signal: AbortSignal): Promise<void> {
  if (!(await isWayFree(root, name))) return;
  await mkdir(join(root, dirname(name)), { recursive: true });
  await copyTree(from, join(root, name), signal);
}

/** Runs the checks one after the other, with the services of the project beside them, until `isOver`. */
export async function runChecks(
  scratch: Scratch,
  checks: readonly Check[],
  limitMs: number | undefined,
  isOver: (ran: RanInScratch) => boolean | Promise<boolean>,
): Promise<void> {
  const { deps, place, request } = scratch;
  const daemons = await startProofDaemons(deps, request, place);
  try {
    const { networkPid } = daemons;
    for (const check of checks)
      if (await isOver(await runIn(scratch, check, { networkPid, limitMs }))) return;
  } finally {
    await daemons.stop();
  }
}

/** Null if what prepares the check fails there, so that nothing is known about it. */
export async function runInTree(
  scratch: Scratch,
  tree: Tree,
  index: number,
  limitMs?: number,
): Promise<RanInScratch | null> {
  if ((await makeTree(scratch, tree)) !== null) return null;
  const { commands } = scratch.request;
  const check = commands[index];
  if (!check) return null;
  const before = commands.slice(0, index).filter((each) => isPreparing(each) && each.kind !== 'setup');
  let last: RanInScratch | null = null;
  await runChecks(scratch, [...before, check], limitMs, (ran) => {
    last = ran.check === check ? ran : null;
    return !ran.result.passed;
  });
  return last;
}

async function runIn(
  { deps, place, request }: Scratch,
  check: Check,
  { networkPid, limitMs }: { networkPid: number | null; limitMs?: number | undefined },
): Promise<RanInScratch> {
  const { settings, signal } = deps;
  const isReported = check.kind !== 'setup';
  const directory = join(place.path, 'sessions', randomUUID());
  const folder = join(directory, ownFolder, 'report');
  const given = { ...environmentIn(settings, place), ...request.environment };
  const fresh = isReported ? withoutCaches(given) : {};
  const asked = isReported ? reportRequest(folder, { ...given, ...fresh }) : { environment: {}, files: {} };
  for (const [path, text] of Object.entries(asked.files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true, mode: 0o700 });
    await writePassing(join(folder, path), text);
  }
  request.onStart?.(check);
  const { end } = await runInPlace(deps, request, place, {
    argv: ['sh', '-c', check.command],
    wanted: networkOf(deps, [check], request.commands),
    networkPid,
    inside: { ...fresh, ...asked.environment },
    directory,
    ...(limitMs === undefined ? {} : { limitMs }),
  });
  const { stdout, stderr } = await readOutput(directory, outputTailBytes);
  const result: CheckResult = {
    kind: check.kind,
    command: check.command,
    passed: end.exitCode === 0 && end.reason === null,
    exitCode: end.exitCode,
    signal: end.signal,
    stoppedBecause: end.reason,
    durationMs: end.endedAt.getTime() - end.startedAt.getTime(),
    outputTail: [stdout.text, stderr.text].filter(Boolean).join('\n'),
  };
  const { startedAt } = end;
  const { checkout: worktree } = place;
  const report = isReported
    ? await judge.read('verify', { sessionDirectory: directory, folder, worktree, startedAt }, signal)
    : null;
  return { check, result, report };
}
