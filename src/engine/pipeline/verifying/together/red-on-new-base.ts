// A published change that is red once the newest base is in it: its agent hears which changes came in between
// (R-GREEN-11).
import type { RoutingResult } from '../../../../domain/work-order/step-result.ts';
import { nameOfChange } from '../../../../domain/work-order/together.ts';
import { mergeBaseOf } from '../../../../git/merge/merge-changes.ts';
import { hasCommit, isAncestor } from '../../../../git/read/revision.ts';
import { pullRequestOf } from '../../../../store/work/pull-requests/pull-requests.ts';
import { nameOfBase } from '../../../run/together/check-with-others.ts';
import type { StepEnd, Work } from '../../../run/work.ts';

/** The same end, if the change was not brought to another base since it was published. */
export async function redOnNewBase(
  work: Work,
  { baseSha }: RoutingResult,
  end: StepEnd<'verifying'>,
): Promise<StepEnd<'verifying'>> {
  const { database, order, project, signal } = work;
  const { repositoryPath } = project;
  if (end.end !== 'refine') return end;
  const { result } = end;
  const row = await database.run((query) => pullRequestOf(query, order.id), signal);
  const call = { signal };
  if (!result.feedback || row?.state !== 'open' || !(await hasCommit(repositoryPath, row.headSha, call)))
    return end;
  if (await isAncestor(repositoryPath, baseSha, row.headSha, call)) return end;
  const startSha = await mergeBaseOf(repositoryPath, baseSha, row.headSha, call);
  if (startSha === null) return end;
  const gained = await nameOfBase(
    { database, project, signal },
    { baseBranch: row.baseBranch, startSha, tipSha: baseSha },
  );
  const summary = `${result.feedback.summary} It was green before ${row.baseBranch} brought ${nameOfChange(gained)}: it is red together with that.`;
  return { ...end, result: { ...result, feedback: { ...result.feedback, summary } } };
}
