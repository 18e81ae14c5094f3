// Finds the way to a running service: through the machine's network, or the one that its worktree's sessions share.
import { sharedNetworkName } from '../../../domain/machine/daemon.ts';
import { findProcess } from '../../../sessions/find-process.ts';
import { findNetwork, networkOf } from '../../../sessions/isolation/find-network.ts';
import { machineDoor, type NetworkDoor, openNetworkDoor } from '../../../sessions/network/network-door.ts';
import type { ProcessHandle } from '../../../sessions/process-handle.ts';
import type { Database } from '../../../store/database.ts';
import { findSessionRow, type SessionRow, sessionsOf } from '../../../store/work/sessions/session-rows.ts';
import { type Here, isHere } from '../../run/session-here.ts';
import { commandFailures } from '../failure-catalogue.ts';

/** @throws `PREVIEW_OVER` if the service does not run here, `SERVICE_NOT_REACHED` */
export async function doorOfDaemon(
  database: Database,
  here: Here,
  sessionId: SessionRow['id'],
): Promise<NetworkDoor> {
  const session = await database.run((query) => findSessionRow(query, sessionId));
  if (session === undefined || !isHere(session, here)) throw over();
  if (session.egress !== 'none') return machineDoor;
  const holder = await holderOf(database, session);
  if (holder === null) throw over();
  return openNetworkDoor(holder);
}

/** The session that holds the network of the service. A worktree and its base have one each. */
async function holderOf(database: Database, session: SessionRow): Promise<ProcessHandle | null> {
  const all = await database.run((query) => sessionsOf(query, session.workOrderId));
  const network = await networkIn(await findProcess(session.directory));
  if (network === null) return null;
  for (const { runId, purpose, state, name, directory } of all) {
    if (runId !== session.runId || purpose !== 'service' || state !== 'running') continue;
    if (!name.endsWith(sharedNetworkName)) continue;
    const holder = await findProcess(directory);
    if (holder !== null && (await networkIn(holder)) === network) return holder;
  }
  return null;
}

async function networkIn(handle: ProcessHandle | null): Promise<string | null> {
  const pid = handle === null ? null : await findNetwork(handle);
  return pid === null ? null : networkOf(pid);
}

const over = () => commandFailures.PREVIEW_OVER('preview service');
