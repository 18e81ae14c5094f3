// Checks that pass but prove nothing, and checks that are found in subfolders if the repository's root has none
// (R-PROJ-6).
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Proposal } from '../../src/domain/agents/proposal.ts';
import { type Ground, openGround, writes } from './ground.fixture.ts';
import { makeRepository } from './repository.fixture.ts';

let ground: Ground;
beforeAll(async () => {
  ground = await openGround();
});
afterAll(() => ground.close());

const manifest = (test: string) => `${JSON.stringify({ name: 'shop', private: true, scripts: { test } })}\n`;
let repositories = 0;

function projectWith(files: Record<string, string>): Promise<string> {
  repositories += 1;
  return makeRepository(join(ground.directory, 'projects', String(repositories)), files);
}

async function ran(repositoryPath: string, answers: readonly Proposal[]) {
  const prompts: string[] = [];
  const submitted = await ground.submit({
    repositoryPath,
    checks: undefined as never,
    answer: ({ prompt }) => {
      prompts.push(prompt);
      return answers[Math.min(prompts.length, answers.length) - 1] ?? writes('more.txt', 'more\n');
    },
  });
  return { ...submitted, prompts, detail: await ground.settled(submitted.id) };
}

/** The facts that count as verified, and the body of the pull request. */
async function told(id: string): Promise<{ facts: string[]; body: string }> {
  const { database } = ground.opened;
  const workOrderId = id as never;
  const events = await database.run((query) =>
    query.selectFrom('workOrderEvents').select('factKey').where('workOrderId', '=', workOrderId).execute(),
  );
  const { body } = await database.run((query) =>
    query
      .selectFrom('pullRequests')
      .select('body')
      .where('workOrderId', '=', workOrderId)
      .executeTakeFirstOrThrow(),
  );
  return { facts: events.flatMap(({ factKey }) => (factKey?.startsWith('check:') ? [factKey] : [])), body };
}

test.concurrent('R-PROJ-6: the tests of a package of a monorepo are found, and what breaks them goes back to the model', async () => {
  const repositoryPath = await projectWith({
    'package.json': `${JSON.stringify({ name: 'all', private: true, workspaces: ['packages/*'] })}\n`,
    'packages/sums/package.json': `${JSON.stringify({ name: 'sums', version: '1.0.0', scripts: { test: 'node --test' } })}\n`,
    'packages/sums/sum.js': 'exports.sum = (a, b) => a + b;\n',
    'packages/sums/sum.test.js':
      "const test = require('node:test');\nconst { sum } = require('./sum.js');\ntest('sums up', () => { if (sum(1, 2) !== 3) throw new Error('off'); });\n",
    'packages/bare/package.json': `${JSON.stringify({ name: 'bare', version: '1.0.0' })}\n`,
  });
  const { detail, prompts } = await ran(repositoryPath, [
    writes('packages/sums/sum.js', 'exports.sum = (a, b) => a - b;\n'),
    writes('packages/sums/sum.js', 'exports.sum = (a, b) => b + a;\n'),
  ]);
  expect(detail).toMatchObject({
    status: 'completed',
    counters: { refinement_cycles: 1 },
    verification: { is_verified: true },
  });
  expect(prompts[1]).toContain('Failing tests: "sums up"');
});

test.concurrent('R-PROJ-6: a test command that passes without running a test verifies nothing', async () => {
  const repositoryPath = await projectWith({ 'package.json': manifest('node --test') });
  const { id, detail } = await ran(repositoryPath, [writes('notes.txt', 'one\n')]);
  expect(detail).toMatchObject({
    status: 'completed',
    verification: { is_verified: false, because: '`npm test` ran no test' },
  });
  const { facts, body } = await told(id);
  expect(facts).toEqual([]);
  expect(body).toContain('**Not verified: `npm test` ran no test.**');
});

test.concurrent('R-GREEN-1, R-GREEN-9: a change that rewrites the script of its check goes back, and then to a person', async () => {
  const repositoryPath = await projectWith({
    'package.json': manifest('node --test'),
    'a.test.js': "import test from 'node:test';\ntest('holds', () => {});\n",
  });
  const { detail, prompts } = await ran(repositoryPath, [
    writes('package.json', manifest("node -e 'console.log(1)'")),
  ]);
  // The agent insists: it changes nothing in its second cycle.
  expect(detail).toMatchObject({
    status: 'needs_review',
    verification: { is_verified: false },
  });
  const [first] = detail.verification?.findings ?? [];
  expect(first).toMatchObject({ weight: 'refuses', kind: 'test_lost' });
  expect(prompts[1]).toContain('a.test.js > holds');
});

test.concurrent('R-PROJ-6: ignored files that an agent left cannot make a check pass', async () => {
  const repositoryPath = await projectWith({
    '.gitignore': 'node_modules\n',
    'package.json': manifest('node --test'),
    'a.test.js':
      "const test = require('node:test');\ntest('is lucky', () => { if (!require('node:fs').existsSync('whole.txt')) throw new Error('no'); require('lucky'); });\n",
  });
  const { id } = await ground.submit({
    repositoryPath,
    agent: 'claude-code',
    checks: undefined as never,
    description: 'Fix the test "is lucky". Behave: ignored',
  });
  const detail = await ground.settled(id);
  expect(detail.status).toBe('needs_review');
  expect(detail.verification).toBeNull();
});
