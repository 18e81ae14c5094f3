// One change over two repositories on a real Gitea, of which one refuses to take it.
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { lacksGitea } from '../forges/gitea.fixture.ts';
import { type CiGround, openCiGround, until } from './ci.fixture.ts';
import { writes } from './ground.fixture.ts';
import { type MooseProcess, startMoose } from './moose-process.ts';

const minuteMs = 60_000;

async function membersOf({ ground }: CiGround, group: string) {
  const { rows } = await sql<{ id: string; status: string; pullRequests: number }>`select w.id, w.status,
      (select count(*)::int from pull_requests p where p.work_order_id = w.id) as pull_requests
    from group_members m join work_orders w on w.id = m.work_order_id
    where m.group_id = ${group}::uuid order by m.number`.execute(ground.opened.database.query);
  return rows;
}

async function start(
  { ground: { config, provider } }: CiGround,
  env: Record<string, string> = {},
): Promise<MooseProcess> {
  const models = config.engine.models.standard.join(',');
  const moose = await startMoose({
    databaseUrl: config.databaseUrl ?? '',
    dataDirectory: config.dataDirectory,
    scriptedBaseUrl: provider.baseUrl,
    env: { MOOSE_MODELS: models, MOOSE_NO_CHECKS_MS: '5000', ...env },
  });
  onTestFinished(() => moose.kill());
  return moose;
}

describe.skipIf(lacksGitea)('a joint change on a real Gitea', () => {
  let ci: CiGround;
  let count = 0;
  beforeAll(async () => {
    ci = await openCiGround({ works: false });
  }, 6 * minuteMs);
  afterAll(() => ci?.close());

  /** Moose dies at this point. */
  async function diesAt(point: string) {
    count += 1;
    const title = `Joint ${count}`;
    ci.ground.answer(title, () => writes('made.txt', `made ${count}\n`));
    const server = await ci.repository({ jobs: [] });
    const client = await ci.repository({ jobs: [] });
    const alsoIn = [{ repositoryPath: client.repositoryPath }];
    const { id } = await ci.ground.submit({ title, repositoryPath: server.repositoryPath, alsoIn });
    await (await start(ci, { MOOSE_DIE_AT: point })).gone;
    const pulls = async () => [(await ci.pulls(server.path)).length, (await ci.pulls(client.path)).length];
    return { id, server, client, pulls };
  }

  test(
    'the second repository refuses the push: its person is asked, and a retry opens the one pull request that is missing',
    async () => {
      const { id, client, pulls } = await diesAt('creating_pr:group-deciding');
      const archive = (archived: boolean) => ci.gitea.api('PATCH', `/repos/${client.path}`, { archived });
      expect((await archive(true)).status).toBe(200);
      await Promise.all([start(ci), start(ci)]);
      const second = async () => (await membersOf(ci, id))[1];
      await until(ci, async () => (await second())?.status === 'needs_review');
      expect(await pulls()).toEqual([1, 0]);
      expect((await archive(false)).status).toBe(200);
      await ci.ground.opened.moose.retry((await second())?.id ?? '', {});
      await until(ci, async () =>
        (await membersOf(ci, id)).every(
          ({ status, pullRequests }) => status === 'completed' && pullRequests === 1,
        ),
      );
      expect(await pulls()).toEqual([1, 1]);
    },
    12 * minuteMs,
  );
});
