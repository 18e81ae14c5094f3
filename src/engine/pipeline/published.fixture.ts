// For tests: a work order that has run to its end on a forge with checks. Git is real; the test decides what the forge
// answers.
import type { Database } from '../../store/database.ts';
import { pullRequestOf } from '../../store/work/pull-requests/pull-requests.ts';
import { newestRunOf } from '../../store/work/runs/runs.ts';
import { theWorkOrder } from '../../store/work/scratch-rows.fixture.ts';
import type { ChecksReport } from '../ports/forge.ts';
import { remotePlace } from '../run/remote-place.ts';
import { executeRun } from './execute-run.ts';
import { atStep, proposalOf } from './scratch-pipeline.fixture.ts';
import { scriptedAgent } from './scripted-agent.fixture.ts';
import { scriptedModel } from './scripted-model.fixture.ts';

const checks = [
  { kind: 'test' as const, command: 'test -s made.txt && ! grep -q "^<<<<<<<" made.txt', source: 'given' },
];
const resolving =
  'if grep -q "^<<<<<<<" made.txt 2>/dev/null; then echo both > made.txt; else echo new > made.txt; fi; echo says success made it';
/** An agent that makes another change each time. */
export const changing = 'echo "$RANDOM$(date +%N)" > made.txt; echo says success made it';

export async function published(
  database: Database,
  {
    agent = resolving,
    command,
    files,
  }: { agent?: string; command?: string; files?: Record<string, string> } = {},
) {
  await database.query.updateTable('pullRequests').set({ nextLookAt: null }).execute();
  const model = scriptedModel('p/a', ['new', 'both', 'more', 'most'].map(proposalOf));
  const orderSettings = command === undefined ? { checks } : { checks, command };
  const given = { agents: [scriptedAgent(agent)], models: [model], orderSettings };
  const { work, repository } = await atStep(database, 'routing', { ...given, ...(files ? { files } : {}) });
  const said: { report: Omit<ChecksReport, 'sha'> } = {
    report: { verdict: 'running', checks: [], missing: [] },
  };
  Object.assign(work.forge, {
    hasChecks: true,
    readChecks: async ({ sha }: { sha: string }) => ({ ...said.report, sha }),
  });
  const execute = async () => {
    const run = await newestRunOf(database.query, work.order.id);
    if (!run) throw new Error('There is no run');
    const host = { executorId: 'next', slots: work.slots, leg: run.leg };
    await executeRun(work, run.id, host, new AbortController().signal);
  };
  await execute();
  const [pullRequest] = work.forge.pullRequests;
  if (!pullRequest) throw new Error('There is no pull request');
  const { url } = await remotePlace(work.project, work.settings.dataDirectory);
  /** Somebody else's commit on the base branch of the remote. */
  const moveBase = (change: Record<string, string>): string => {
    repository.git('checkout', '--quiet', '-B', 'others', 'main');
    const sha = repository.commit(change);
    repository.git('push', '--quiet', url, `${sha}:refs/heads/main`);
    repository.git('checkout', '--quiet', 'main');
    return sha;
  };
  /** Somebody else's commit on the branch of the pull request, which its forge shows at once. */
  const pushToHead = (change: Record<string, string>, ...merged: string[]): string => {
    repository.git('fetch', '--quiet', url, pullRequest.headBranch);
    repository.git('checkout', '--quiet', '--detach', 'FETCH_HEAD');
    for (const other of merged) repository.git('merge', '--quiet', '--no-ff', '-m', 'Update branch', other);
    const sha =
      Object.keys(change).length > 0 ? repository.commit(change) : repository.git('rev-parse', 'HEAD');
    repository.git('push', '--quiet', '--force', url, `${sha}:refs/heads/${pullRequest.headBranch}`);
    repository.git('checkout', '--quiet', 'main');
    pullRequest.headSha = sha;
    return sha;
  };
  /** The base branch of the remote loses its history: these files are all that it has. */
  const rewriteBase = (files: Record<string, string>): string => {
    repository.git('checkout', '--quiet', '--orphan', 'rewritten');
    repository.git('rm', '--quiet', '-r', '-f', '.');
    const sha = repository.commit(files);
    repository.git('push', '--quiet', '--force', url, `${sha}:refs/heads/main`);
    repository.git('checkout', '--quiet', 'main');
    repository.git('branch', '--quiet', '-D', 'rewritten');
    return sha;
  };
  const atRemote = (branch: string) =>
    repository.git('ls-remote', url, `refs/heads/${branch}`).split('\t')[0] ?? '';
  const order = () => theWorkOrder(database, work.order.id);
  const row = () => pullRequestOf(database.query, work.order.id);
  return {
    url,
    database,
    work,
    repository,
    model,
    said,
    execute,
    pullRequest,
    moveBase,
    pushToHead,
    rewriteBase,
    atRemote,
    order,
    row,
  };
}
