// Doubled: something that must happen once happened twice.
import { sql } from 'kysely';
import { type Case, type Finding, findingFor } from './case.ts';
import { cyclesSince, eachOnce } from './git-facts.ts';
import { findingsOf } from './rows.ts';

// A machine that is cut off cannot tell that its agent has finished, so another machine has to run it again. An agent
// also runs again if it ended well and its failure was recorded, such as when its provider answered with nonsense, or if
// what it left was not committed yet when the machine lost its power.
const statements = [
  `select min(id::text) as id, 'was submitted once and has ' || count(*) || ' rows' as what from work_orders
    group by title having count(*) > 1`,
  `select work_order_id::text as id, 'has ' || count(*) || ' pull requests' as what from pull_requests
    group by work_order_id having count(*) > 1`,
  `select min(work_order_id::text) as id, 'two pull requests for the branch ' || head_branch as what
    from pull_requests group by project_id, head_branch having count(*) > 1`,
  `select r.work_order_id::text as id, 'run ' || r.number || ' has ' || count(*) || ' outcomes' as what
    from outcome_vectors o join runs r on r.id = o.run_id group by r.id having count(*) > 1`,
  `select work_order_id::text as id, purpose || ' ' || name || ' finished ' || count(*) || ' times in cycle ' || cycle as what
    from sessions s where purpose = 'agent' and state = 'exited' and exit_code = 0
    group by work_order_id, run_id, purpose, name, cycle, host having count(*) > 1 + (select count(*) from error_events e
      where e.run_id = s.run_id and e.step = 'applying' and e.error_type like 'AGENT\\_%')
      + (select count(*) from work_order_events v where v.work_order_id = s.work_order_id
        and v.kind = 'worktree.renewed')`,
];

export async function findDoubled({ database, submitted }: Case): Promise<Finding[]> {
  const found = await findingsOf(database, submitted, statements);
  const ids = submitted.map(({ id }) => id);
  const { rows } = await database.run((query) =>
    sql<{ id: string; branch: string; baseSha: string }>`select id::text, branch, base_sha from work_orders
      where id = any (${ids}::uuid[]) and branch is not null and base_sha is not null`.execute(query),
  );
  const branchesOf = eachOnce();
  for (const { id, branch, baseSha } of rows) {
    const { repositoryPath } = submitted.find((one) => one.id === id) ?? {};
    const head = repositoryPath && (await branchesOf(repositoryPath)).get(branch);
    if (!head) continue;
    const cycles = await cyclesSince(repositoryPath, baseSha, head);
    const twice = cycles.filter((cycle, at) => cycles.indexOf(cycle) !== at);
    for (const cycle of twice)
      found.push(findingFor(submitted, id, `two commits of cycle ${cycle} on ${branch}`));
  }
  return found;
}
