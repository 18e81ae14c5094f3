// Lost: confirmed work that is missing, or somebody else's commit that is gone.
import { join } from 'node:path';
import { sql } from 'kysely';
import { contentOf, fileOf } from '../work.ts';
import { type Case, type Finding, findingFor } from './case.ts';
import { eachOnce, fileIn, isReachable, movesAround } from './git-facts.ts';

interface Row {
  id: string;
  status: string;
  step: string | null;
  branch: string | null;
  projectId: string;
  pullRequests: number;
  outcomes: number;
}

export async function findLost({ database, dataDirectory, submitted, strangers }: Case): Promise<Finding[]> {
  const ids = submitted.map(({ id }) => id);
  const { rows } = await database.run((query) =>
    sql<Row>`select w.id::text, w.status::text, w.step::text, w.branch, w.project_id::text,
      (select count(*)::int from pull_requests p where p.work_order_id = w.id) as pull_requests,
      (select count(*)::int from outcome_vectors o where o.work_order_id = w.id) as outcomes
      from work_orders w where w.id = any (${ids}::uuid[])`.execute(query),
  );
  const branchesOf = eachOnce();
  const byId = new Map(rows.map((row) => [row.id, row]));
  const found: Finding[] = [];
  const lose = (id: string, what: string) => void found.push(findingFor(submitted, id, what));
  for (const { id, number, remotePath } of submitted) {
    const row = byId.get(id);
    if (!row) lose(id, 'was acknowledged, and has no row');
    else if (row.status === 'pending' || row.status === 'in_progress')
      lose(id, `has not ended: ${row.status} ${row.step ?? ''}`.trim());
    else if (row.status === 'completed') {
      if (row.pullRequests === 0) lose(id, 'is completed without a pull request');
      if (row.outcomes === 0) lose(id, 'is completed without an outcome');
      const remote = remotePath ?? join(dataDirectory, 'remotes', `${row.projectId}.git`);
      const head = (await branchesOf(remote)).get(row.branch ?? '');
      if (head === undefined) lose(id, `its branch ${row.branch} is not in ${remote}`);
      else if ((await fileIn(remote, head, fileOf(number))) !== contentOf(number))
        lose(id, `${fileOf(number)} is not in commit ${head} of ${remote}`);
    }
  }
  for (const { workOrderId, repositoryPath, sha, scenario } of strangers)
    if (!(await isReachable(repositoryPath, sha))) {
      const what = `the commit ${sha} of somebody else is gone from ${repositoryPath}`;
      found.push({ id: workOrderId ?? sha, what, scenario, rows: await movesAround(repositoryPath, sha) });
    }
  return found;
}
