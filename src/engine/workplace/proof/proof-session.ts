// Starts one process of a proof: isolated like a check, in a checkout that belongs to no work order (R-PROJ-2).
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { IsolationLevel } from '../../../domain/machine/session.ts';
import { commonGitDir } from '../../../git/worktree/worktree-list.ts';
import { isolate } from '../../../sessions/isolation/isolate.ts';
import { certificatePaths } from '../../../sessions/isolation/session-view.ts';
import { closeGroups } from '../../../sessions/limits/session-group.ts';
import type { ProcessHandle } from '../../../sessions/process-handle.ts';
import { startProcess } from '../../../sessions/start-process.ts';
import { stopProcess } from '../../../sessions/stop-process.ts';
import { provenImage, wantedImage } from '../container/project-image.ts';
import { egressEntries } from '../sessions/egress-list.ts';
import { limitedStart } from '../sessions/session-limits.ts';
import { withVariables } from '../sessions/with-variables.ts';
import type { ProofDeps, ProofRequest } from './proof-request.ts';

export interface ProofPlace {
  path: string;
  checkout: string;
  home: string;
}

/** With proof that nothing of it runs any more. @throws SESSION_STOP_UNPROVEN */
export async function endInPlace(handle: ProcessHandle, graceMs: number): Promise<void> {
  await stopProcess(handle, { graceMs });
  await closeGroups(handle.directory);
}

export interface ProofStart {
  argv: readonly [string, ...string[]];
  wanted: 'none' | 'machine';
  /** A process in the network of the services; null: there are no services. */
  networkPid: number | null;
}

/** In its own network, nothing else uses these ports. */
export const proofPortBase = 20_000;

type Asked = Pick<
  ProofRequest<never>,
  'repositoryPath' | 'environment' | 'egress' | 'privateHosts' | 'container'
>;

export async function startInPlace(
  { settings, ownPorts, signal }: ProofDeps,
  { repositoryPath, environment = {}, egress, privateHosts, container }: Asked,
  place: ProofPlace,
  directory: string,
  { argv: asked, wanted, networkPid }: ProofStart,
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
    argv: withVariables(environment, asked),
    env: {
      ...given,
      MOOSE_WORKTREE: place.checkout,
      MOOSE_SLOT: '1',
      MOOSE_PORT_BASE: String(proofPortBase),
      MOOSE_DATABASE_SUFFIX: '_proof',
    },
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
