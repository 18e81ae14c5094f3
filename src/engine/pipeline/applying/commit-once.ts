// The commit of what an agent left in its worktree, and the copy of it in the database.

import { shortId } from '../../../domain/ids.ts';
import type { RoutingResult } from '../../../domain/work-order/step-result.ts';
import { type Commit, commitAll } from '../../../git/commit/commit.ts';
import type { Query } from '../../../store/database.ts';
import { packChange, saveChange } from '../../run/kept-change.ts';
import { secretPolicy } from '../../run/secret-policy.ts';
import type { Work } from '../../run/work.ts';
import { heldBackOf } from '../../workplace/prepared/put-files.ts';
import { coAuthorTrailer, commitPeople } from '../../workplace/worktree/commit-people.ts';
import { commitTitle } from '../../workplace/worktree/commit-title.ts';
import { mayChangeCi } from './run-agent.ts';
import { signOffOf } from './sign-off-of.ts';

const formWords =
  /\b(?:line[- ]endings?|dos2unix|unix2dos|byte[- ]order[- ]mark|chmod|executable|file modes?|file permissions)\b/i;
const formNames = /\b(?:CRLF|BOM|EOL)\b/;

/** What people have asked for. */
const wordsOf = ({ order, run }: Work): string =>
  [order.title, order.description, order.acceptance, run.settings.note ?? ''].join('\n');

/** Whether the work order itself is about line endings, byte-order marks or modes. */
function isAboutForm(work: Work): boolean {
  const text = wordsOf(work);
  return formWords.test(text) || formNames.test(text);
}

/** Makes one commit per cycle of a run: a commit from before a crash is found and not repeated. */
export async function commitOnce(
  work: Work,
  branch: string,
  worktreePath: string,
  parentSha: string,
): Promise<Commit | null> {
  const people = await commitPeople(work);
  work.reached('applying:before-commit', work.run.id);
  const commit = await commitAll({
    repositoryPath: work.project.repositoryPath,
    remoteAddress: work.project.remoteAddress,
    worktreePath,
    branch,
    message: commitTitle(work.order),
    trailers: {
      'Moose-Work-Order': work.order.id,
      'Moose-Cycle': `${work.run.number}.${work.run.cycle}`,
      ...coAuthorTrailer(people),
      ...(await signOffOf(work, people)),
    },
    committer: people.committer,
    expectedParent: parentSha,
    allowCiChanges: mayChangeCi(work),
    keepsForm: !isAboutForm(work),
    named: wordsOf(work),
    secrets: await secretPolicy(work),
    filters: work.project.settings.filters ?? [],
    preserveAs: shortId(work.order.id),
    heldBack: await heldBackOf(work),
    signal: work.signal,
  });
  work.reached('applying:committed', work.run.id);
  return commit;
}

/** Keeps the result in the database, so that a later step can run on another machine. */
export async function keeping(
  work: Work,
  worktreePath: string,
  routed: RoutingResult,
  commit: Commit,
): Promise<(query: Query) => Promise<void>> {
  const range = { repositoryPath: worktreePath, signal: work.signal };
  const packed = await packChange({ ...range, from: routed.baseSha, to: commit.sha });
  const owner = { workOrderId: work.order.id, runId: work.run.id, cycle: work.run.cycle };
  return (query) => saveChange(query, owner, packed);
}
