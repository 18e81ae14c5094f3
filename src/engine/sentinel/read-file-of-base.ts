// A pull request that was given another base branch follows the file of that branch: the branch that is merged into says
// who may merge there (R-SEN-8). Until this machine can read it, the stricter of the settings holds.
import { isMooseError } from '../../domain/failure.ts';
import { isThere } from '../../git/run/is-there.ts';
import { keepFollowed } from '../../store/work/pull-requests/followed-pull-requests.ts';
import { toMooseError } from '../errors/to-moose-error.ts';
import { configAt } from '../policy/config-at.ts';
import { remoteTip } from './contains-base.ts';
import type { LookContext } from './follow-deps.ts';
import { standingOf } from './next/next-of-facts.ts';

/** Updates `context`. */
export async function readFileOfBase(context: LookContext): Promise<void> {
  const { followed, row, order, project, database, signal, logger } = context;
  if (!followed.isFileOfOther || standingOf(order) === 'other') return;
  try {
    if (!(await isThere(project.repositoryPath))) return;
    const tip = await remoteTip(context, row.baseBranch);
    if (tip === null) return;
    const file = await configAt(project.repositoryPath, tip, signal);
    const read = { ...followed, mergeOfFile: file?.merge ?? null, isFileOfOther: false };
    await database.run((query) => keepFollowed(query, row, read), signal);
    context.followed = read;
  } catch (cause) {
    signal.throwIfAborted();
    if (!isMooseError(cause)) throw cause;
    const err = toMooseError(cause, 'sentinel', 'read the file of the base branch');
    logger.warn({ err, workOrderId: order.id }, 'could not read what the new base branch says about merging');
  }
}
