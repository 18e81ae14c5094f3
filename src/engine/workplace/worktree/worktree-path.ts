// Where a work order's worktree is on this machine.
import { join } from 'node:path';
import { shortId } from '../../../domain/ids.ts';
import { type Effect, effectsOf } from '../../../store/work/sessions/effects.ts';
import { worktreeKey } from '../../run/effect-keys.ts';
import type { Work } from '../../run/work.ts';

/**
 * The path where any process of this machine created the worktree; otherwise the path where this process would create
 * it.
 */
export function pathOf({ order, settings }: Work, effects: readonly Effect[]): string {
  const made = effects.find(({ key }) => key === worktreeKey(order.id, settings.host));
  const path = made?.state === 'undone' ? undefined : made?.detail.worktreePath;
  return typeof path === 'string' ? path : join(settings.dataDirectory, 'worktrees', shortId(order.id));
}

/** The path of the worktree, whether or not it exists. */
export async function worktreePathOf(work: Work): Promise<string> {
  return pathOf(work, await effectsOfOrder(work));
}

export async function effectsOfOrder(work: Work): Promise<Effect[]> {
  return work.database.run((query) => effectsOf(query, work.order.id), work.signal);
}
