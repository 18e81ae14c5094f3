// Starts one process of a proof: isolated like a check, in a checkout that belongs to no work order (R-PROJ-2).
import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { IsolationLevel, SessionEnd } from '../../../domain/machine/session.ts';
import { commonGitDir } from '../../../git/worktree/worktree-list.ts';
import { followOutput } from '../../../sessions/follow-output.ts';
import { isolate } from '../../../sessions/isolation/isolate.ts';
import { certificatePaths } from '../../../sessions/isolation/session-view.ts';
import type { ProcessHandle } from '../../../sessions/process-handle.ts';
import { startProcess } from '../../../sessions/start-process.ts';
import { watchProcess } from '../../../sessions/watch-process.ts';
import { provenImage, wantedImage } from '../container/project-image.ts';
import { egressEntries } from '../sessions/egress-list.ts';
import { limitedStart } from '../sessions/session-limits.ts';
import { withVariables } from '../sessions/with-variables.ts';
import { endInPlace, type ProofPlace } from './proof-place.ts';
import type { ProofDeps, ProofRequest } from './proof-request.ts';

export interface ProofStart {
  argv: readonly [string, ...string[]];
  wanted: 'none' | 'machine';
  /** A process in the network of the services; null: there are no services. */
  networkPid: number | null;
  /** Variables that only the command itself gets, and not the programs that isolate it. */
  inside?: Readonly<Record<string, string>>;
}

/** In its own network, nothing else uses these ports. */
export const proofPortBase = 20_000;

type Asked = Pick<
  ProofRequest<never>,
  'repositoryPath' | 'environment' | 'egress' | 'privateHosts' | 'container'
>;

/** Before the variables that the project adds. */
export const environmentIn = (
  { checkEnvironment }: Pick<ProofDeps['settings'], 'checkEnvironment'>,
  { checkout }: ProofPlace,
) => ({
  ...checkEnvironment,
  MOOSE_WORKTREE: checkout,
  MOOSE_SLOT: '1',
  MOOSE_PORT_BASE: String(proofPortBase),
  MOOSE_DATABASE_SUFFIX: '_proof',
});

export interface RanInPlace {
  end: SessionEnd;
  /** With its outputs. */
  directory: string;
  level: IsolationLevel;
}

/** Runs a command to its end, and stops what it leaves behind, also after Ctrl-C: nobody would adopt it. */
export async function runInPlace(
  deps: ProofDeps,
  request: Asked & Pick<ProofRequest<never>, 'onOutput'>,
  place: ProofPlace,
  start: ProofStart & {
    directory: string;
    /** If absent, the time limit of checks. */
    limitMs?: number;
  },
): Promise<RanInPlace> {
  const { settings, signal } = deps;
  const { directory, limitMs = settings.checkTimeLimitMs } = start;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const { handle, level } = await startInPlace(deps, request, place, directory, start);
  const following = follow(handle, request, signal);
  try {
    const end = await watchProcess(handle, {
      wallClockMs: limitMs,
      silenceMs: settings.silenceMsMax,
      outputBytesMax: settings.outputBytesMax,
      graceMs: settings.stopGraceMs,
      signal,
    });
    return { end, directory, level };
  } finally {
    await endInPlace(handle, settings.stopGraceMs);
    await following;
  }
}

async function follow(
  { directory }: ProcessHandle,
  { onOutput }: Pick<ProofRequest<never>, 'onOutput'>,
  signal: AbortSignal,
): Promise<void> {
  if (onOutput === undefined) return;
  try {
    for await (const { text } of followOutput(directory, { signal })) onOutput(text);
  } catch (cause) {
    // After Ctrl-C, the watcher throws as well.
    if (!signal.aborted) throw cause;
  }
}

export async function startInPlace(
  { settings, ownPorts, signal }: ProofDeps,
  { repositoryPath, environment = {}, egress, privateHosts, container }: Asked,
  place: ProofPlace,
  directory: string,
  { argv: asked, wanted, networkPid, inside = {} }: ProofStart,
): Promise<{ handle: ProcessHandle; level: IsolationLevel }> {
  const given = settings.checkEnvironment;
  const confirmed = privateHosts && { private_hosts: privateHosts };
  const entries = egressEntries({ given, environment, listed: egress, settings: confirmed });
  const network =
    wanted === 'machine' && settings.egress === 'listed'
      ? { rules: { entries }, sessionPath: directory }
      : wanted;
  const named = wantedImage({}, { container });
  const image = named && (await provenImage({ settings, signal }, named));
  const { argv, env, level } = await isolate({
    argv: withVariables({ ...environment, ...inside }, asked),
    env: environmentIn(settings, place),
    cwd: place.checkout,
    wish: settings.isolation,
    container: image && { image, machine: given },
    network,
    joinedPid: networkPid,
    closedPorts: wanted === 'machine' ? await ownPorts() : [],
    files: async () => ({
      sessionPath: directory,
      userHome: given.HOME ?? homedir(),
      dataDirectory: settings.dataDirectory,
      hidden: [homedir(), repositoryPath],
      shown: [
        { path: place.checkout, sight: 'write' },
        { path: place.home, sight: 'write' },
        // The checkout uses the objects of the user's repository.
        { path: join(await commonGitDir(repositoryPath, {}), 'objects'), sight: 'read' },
      ],
      certificates: certificatePaths(given),
      granted: settings.grantedPaths,
      homePath: place.home,
    }),
  });
  const { comesAfter, limits } = await limitedStart(settings);
  const handle = await startProcess({
    directory,
    argv: comesAfter(argv),
    env,
    cwd: place.checkout,
    limits,
    signal,
  });
  return { handle, level };
}
