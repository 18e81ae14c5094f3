// The loop of CI on a real forge: red, its log, a refinement, green, merged by policy. And loops about CI that were
// published for other orchestrators.
import { afterAll, beforeAll, describe, test } from 'vitest';
import type { Script } from '../../src/demo/scripted-answer.ts';
import type { WorkOrderId } from '../../src/domain/ids.ts';
import { eventsOf } from '../../src/store/work/work-orders/work-orders.ts';
import { lacksGitea } from '../forges/gitea.fixture.ts';
import { type CiGround, openCiGround, until, waitForJob } from './ci.fixture.ts';
import { writes } from './ground.fixture.ts';
import { startMoose } from './moose-process.ts';
import { git } from './repository.fixture.ts';

const minuteMs = 60_000;
const redLog = [
  '> node --test',
  'not ok 1 - greets politely',
  '  error: expected "Hello\\n" to be "Good day\\n"',
  '# fail 1',
];

/** Proposes something else each time, and keeps the prompts. */
function proposals(): { script: Script; prompts: string[] } {
  const prompts: string[] = [];
  return {
    prompts,
    script: ({ prompt }) => {
      prompts.push(prompt);
      return writes('greeting.txt', `Good day ${prompts.length}\n`, `Plan ${prompts.length}`);
    },
  };
}

const orderOf = async ({ ground }: CiGround, id: string) => ground.opened.moose.find(id);

/** Once in about fifty runs, Gitea reported the old conflict for minutes after the push that resolved it. */
const onceMore = { timeout: 15 * minuteMs, retry: 1 };

// Each test waits for CI and for Moose's next poll, so they run at the same time, on two Giteas.
describe.skipIf(lacksGitea)('on a real Gitea', { concurrent: true }, () => {
  let ci: CiGround;
  beforeAll(async () => {
    ci = await openCiGround({ env: { MOOSE_NO_CHECKS_MS: '45000' } });
  }, 6 * minuteMs);
  afterAll(() => ci?.close());

  test(
    'R-SEN-3, R-SEN-8: red goes back with its log, and green is merged by policy, in one pull request',
    async ({ expect }) => {
      const { script, prompts } = proposals();
      const { id, path } = await ci.submit({ title: 'Greet politely', answer: script, merge: 'green' });
      const first = await waitForJob(ci, { path, id }, '');
      await until(ci, async () => (await orderOf(ci, id)).step === 'awaiting_ci');
      // While CI runs, nothing is merged and nothing is held.
      expect((await ci.pulls(path)).map(({ merged }) => merged)).toEqual([false]);
      expect(await ci.ground.opened.moose.view(id)).toMatchObject({
        explain: expect.stringContaining('Waiting for its pull request'),
      });
      await first.end('failure', redLog);
      const second = await waitForJob(ci, { path, id }, first.sha);
      expect(prompts).toHaveLength(2);
      expect(prompts[1]).toContain('greets politely');
      await until(ci, async () => (await orderOf(ci, id)).step === 'awaiting_ci');
      await second.end('success', ['ok 1 - greets politely']);
      await until(ci, async () => (await orderOf(ci, id)).status === 'completed');
      expect(await orderOf(ci, id)).toMatchObject({ refinementCycles: 1, isVerified: true, run: 2 });
      expect(await ci.pulls(path)).toMatchObject([{ merged: true, head: { sha: second.sha } }]);
      const { query } = ci.ground.opened.database;
      const facts = (await eventsOf(query, id as WorkOrderId)).flatMap(({ factKey }) => factKey ?? []);
      expect(facts.filter((fact) => fact.startsWith('ci.passed:'))).toHaveLength(1);
      expect(facts.some((fact) => fact.startsWith('merged:'))).toBe(true);
    },
    15 * minuteMs,
  );

  test(
    'R-PIPE-12, fear: sixty attempts on one red pull request',
    async ({ expect }) => {
      const { script, prompts } = proposals();
      const { id, path } = await ci.submit({ title: 'Never green', answer: script, merge: 'green' });
      let sha = '';
      for (let cycle = 0; cycle <= 3; cycle++) {
        const job = await waitForJob(ci, { path, id }, sha);
        sha = job.sha;
        await job.end('failure', [...redLog, `  got: variant ${'x'.repeat(cycle + 1)}`]);
      }
      await until(ci, async () => (await orderOf(ci, id)).status === 'needs_review');
      expect(await orderOf(ci, id)).toMatchObject({ refinementCycles: 3, run: 4 });
      expect(prompts).toHaveLength(4);
      const pulls = await ci.pulls(path);
      expect(pulls).toMatchObject([{ state: 'open', merged: false }]);
      // A person closes it: one end, and nothing opens it again.
      await ci.gitea.api('PATCH', `/repos/${path}/pulls/${pulls[0]?.number}`, { state: 'closed' });
      await until(ci, async () => (await orderOf(ci, id)).status === 'cancelled');
      expect(await ci.pulls(path)).toMatchObject([{ state: 'closed' }]);
    },
    20 * minuteMs,
  );

  test(
    'R-SEN-6, fear: merged before CI began, or because there is none',
    async ({ expect }) => {
      const { script } = proposals();
      const { id, path } = await ci.submit({ title: 'No checks', answer: script, jobs: [], merge: 'green' });
      await until(ci, async () => (await orderOf(ci, id)).status === 'needs_review');
      expect(await orderOf(ci, id)).toMatchObject({ failure: { code: 'NO_CHECKS_REPORTED' } });
      expect(await ci.pulls(path)).toMatchObject([{ merged: false, state: 'open' }]);
    },
    15 * minuteMs,
  );

  test(
    'R-SEN-4: a conflict with the base branch is resolved in the worktree and pushed to the same pull request',
    onceMore,
    async ({ expect }) => {
      const answer: Script = ({ prompt }) =>
        writes(
          'greeting.txt',
          prompt.includes('conflicts with main') ? 'Good day and hi\n' : 'Good day\n',
          'Greet',
        );
      const given = { title: 'Greet in conflict', answer, merge: 'green' } as const;
      const { id, path, repositoryPath, pushUrl } = await ci.submit(given);
      const first = await waitForJob(ci, { path, id }, '');
      await until(ci, async () => (await orderOf(ci, id)).step === 'awaiting_ci');
      const theirs = await git(
        repositoryPath,
        'commit-tree',
        '-m',
        'Theirs',
        '-p',
        'main',
        await treeWith(repositoryPath),
      );
      await git(repositoryPath, 'push', '--quiet', pushUrl, `${theirs}:refs/heads/main`);
      await first.end('success');
      const second = await waitForJob(ci, { path, id }, first.sha);
      await second.end('success');
      await until(ci, async () => (await orderOf(ci, id)).status === 'completed');
      expect(await ci.pulls(path)).toMatchObject([{ merged: true, head: { sha: second.sha } }]);
    },
  );
});

async function treeWith(repositoryPath: string): Promise<string> {
  const blob = await git(repositoryPath, 'hash-object', '-w', 'README.md').catch(() => '');
  const listed = await git(repositoryPath, 'ls-tree', 'main');
  const other = await git(repositoryPath, 'rev-parse', 'main:.gitea/workflows/ci.yaml');
  const lines = listed
    .split('\n')
    .map((line) => (line.endsWith('\tgreeting.txt') ? `100644 blob ${blob || other}\tgreeting.txt` : line));
  const { execFileSync } = await import('node:child_process');
  return execFileSync('git', ['mktree'], { cwd: repositoryPath, input: `${lines.join('\n')}\n` })
    .toString()
    .trim();
}

describe.skipIf(lacksGitea)('killed at its effects', { concurrent: true }, () => {
  test(
    'R-SEN-3, fear: Moose dies at each of its effects, and two pull requests, two refinements or two merges come of it',
    async ({ expect }) => {
      const ci = await openCiGround({ works: false });
      try {
        const { script, prompts } = proposals();
        const { id, path } = await ci.submit({ title: 'Dies often', answer: script, merge: 'green' });
        const start = (env: Record<string, string> = {}) =>
          startMoose({
            databaseUrl: ci.ground.config.databaseUrl ?? '',
            dataDirectory: ci.ground.config.dataDirectory,
            scriptedBaseUrl: ci.ground.provider.baseUrl,
            env: { MOOSE_MODELS: ci.ground.config.engine.models.standard.join(','), ...env },
          });
        const deaths = [
          'pull_request:acted',
          'sentinel:before-refine',
          'sentinel:refine',
          'sentinel:before-merge',
          'sentinel:merged',
        ];
        let sha = '';
        const hinting = setInterval(() => void ci.hint().catch(() => undefined), 500);
        try {
          for (const point of deaths) {
            const moose = await start({ MOOSE_DIE_AT: point });
            if (point === 'sentinel:before-refine' || point === 'sentinel:before-merge') {
              const job = await waitForJob(ci, { path, id }, sha);
              sha = job.sha;
              if (point === 'sentinel:before-refine') await job.end('failure', redLog);
              else await job.end('success');
            }
            await moose.gone;
          }
          const last = await start();
          await until(ci, async () => (await orderOf(ci, id)).status === 'completed');
          await last.stop();
        } finally {
          clearInterval(hinting);
        }
        expect(await orderOf(ci, id)).toMatchObject({ refinementCycles: 1, run: 2 });
        expect(prompts.length).toBeLessThanOrEqual(3);
        expect(await ci.pulls(path)).toMatchObject([{ merged: true, head: { sha } }]);
      } finally {
        await ci.close();
      }
    },
    20 * minuteMs,
  );
});
