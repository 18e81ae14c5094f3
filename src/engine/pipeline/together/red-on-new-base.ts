// A published change that is red once the newest base is in it: its agent hears which changes came in between
// (R-GREEN-11).
import { nameOfChange } from '../../../domain/together.ts';
import { mergeBaseOf } from '../../../git/merge-changes.ts';
import { hasCommit, isAncestor } from '../../../git/revision.ts';
import { pullRequestOf } from '../../../store/work/pull-requests.ts';
import type { RoutingResult, VerifyingResult } from '../../run/step-results.ts';
import type { StepEnd, Work } from '../../run/work.ts';
import { nameOfBase } from '../../together/check-with-others.ts';

/** The same end, if the change was not brought to another base since it was published. */
export async function redOnNewBase(work: Work, { baseSha }: RoutingResult, end: StepEnd): Promise<StepEnd> {
  const { database, order, project, signal } = work;
  const { repositoryPath } = project;
  if (end.end !== 'refine') return end;
  const result = end.result as VerifyingResult;
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
