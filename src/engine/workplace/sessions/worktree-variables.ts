// Sets what each worktree has for itself besides its files: variables from which commands derive ports and database
// names, so that several work orders of a project do not collide on one machine (R-PROJ-4).

import { createServer } from 'node:net';
import { shortId } from '../../../domain/ids.ts';
import { portBaseOf, portsPerWorktree, slotMax } from '../../../domain/machine/daemon.ts';
import { slotOfOrder, takeSlot } from '../../../store/work/sessions/worktree-slots.ts';
import { findResult } from '../../run/step-results.ts';
import type { Work } from '../../run/work.ts';
import { checkPlan } from '../checks/project-checks.ts';

const triesMax = 20;

/** Returns no slot and no ports if the machine has none left. */
export async function worktreeVariables(work: Work, worktreePath: string): Promise<Record<string, string>> {
  const slot = await slotOf(work);
  return {
    MOOSE_WORKTREE: worktreePath,
    MOOSE_DATABASE_SUFFIX: `_${shortId(work.order.id)}`,
    ...(slot === null ? {} : { MOOSE_SLOT: String(slot), MOOSE_PORT_BASE: String(portBaseOf(slot)) }),
    ...(await afterSetup(work)),
  };
}

/**
 * `uv run` reinstalls a project whose files are newer than its environment, as in every later worktree; agents and
 * checks have no network for that.
 */
async function afterSetup(work: Work): Promise<Record<string, string>> {
  const routed = await findResult(work, 'routing');
  if (routed === undefined) return {};
  const { checks } = await checkPlan(work, routed.baseSha);
  const isSynced = checks.some(({ kind, command }) => kind === 'setup' && /\buv sync\b/.test(command));
  return isSynced ? { UV_NO_SYNC: '1' } : {};
}

/** A new slot whose ports are in use is not assigned. */
async function slotOf({ database, order, settings, signal }: Work): Promise<number | null> {
  const own = await database.run((query) => slotOfOrder(query, settings.host, order.id), signal);
  if (own) return own.slot;
  const skip: number[] = [];
  for (let tries = 0; tries < triesMax; tries++) {
    const wish = { host: settings.host, workOrderId: order.id, slotMax, skip };
    const taken = await database.transaction((query) => takeSlot(query, wish), signal);
    if (taken === null) return null;
    if (!taken.isNew || (await arePortsFree(portBaseOf(taken.slot)))) return taken.slot;
    skip.push(taken.slot);
  }
  return null;
}

async function arePortsFree(base: number): Promise<boolean> {
  for (let port = base; port < base + portsPerWorktree; port++) if (!(await isPortFree(port))) return false;
  return true;
}

function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}
