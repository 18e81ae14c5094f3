// What is to blame for a failed check: the change, the base, or the machine (R-PROJ-6, R-PROJ-7, R-PIPE-12).
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Proposal } from '../../src/domain/agents/proposal.ts';
import type { Check } from '../../src/domain/work-order/check.ts';
import { type Ground, openGround, writes } from './ground.fixture.ts';
import { makeRepository } from './repository.fixture.ts';

let ground: Ground;
beforeAll(async () => {
  ground = await openGround();
});
afterAll(() => ground.close());

const manifest = (test: string) => `${JSON.stringify({ name: 'shop', private: true, scripts: { test } })}\n`;
const failing =
  "import test from 'node:test';\ntest('sums up the old cart', () => { throw new Error('off by one'); });\n";

let repositories = 0;

/** A repository whose own checks are found in its files. */
function projectWith(files: Record<string, string>): Promise<string> {
  repositories += 1;
  return makeRepository(join(ground.directory, 'projects', String(repositories)), files);
}

async function ran(
  repositoryPath: string,
  answers: readonly Proposal[],
  given: { title?: string; checks?: Check[] } = {},
) {
  const prompts: string[] = [];
  const submitted = await ground.submit({
    ...given,
    ...(given.checks ? {} : { checks: undefined as never }),
    repositoryPath,
    answer: ({ prompt }) => {
      prompts.push(prompt);
      return answers[Math.min(prompts.length, answers.length) - 1] ?? writes('more.txt', 'more\n');
    },
  });
  return { ...submitted, prompts, detail: await ground.settled(submitted.id) };
}

async function factsOf(id: string): Promise<string[]> {
  const rows = await ground.opened.database.run((query) =>
    query
      .selectFrom('workOrderEvents')
      .select('factKey')
      .where('workOrderId', '=', id as never)
      .execute(),
  );
  return rows.flatMap(({ factKey }) => factKey ?? []);
}

const baseSessions = ({ sessions }: { sessions: Array<{ name: string }> }) =>
  sessions.filter(({ name }) => name.startsWith('base-'));

async function bodyOf(id: string): Promise<string> {
  const { body } = await ground.opened.database.run((query) =>
    query
      .selectFrom('pullRequests')
      .select('body')
      .where('workOrderId', '=', id as never)
      .executeTakeFirstOrThrow(),
  );
  return body;
}

test.concurrent('R-PROJ-6: a test that fails on the base does not count against the change, and the base is checked once', async () => {
  const repositoryPath = await projectWith({
    'package.json': manifest('node --test'),
    'old.test.js': failing,
  });
  const first = await ran(repositoryPath, [writes('notes.txt', 'one\n')]);
  expect(first.detail).toMatchObject({
    status: 'completed',
    counters: { refinement_cycles: 0 },
    verification: { is_verified: false, because: expect.stringContaining('failed before the change') },
  });
  expect(first.prompts).toHaveLength(1);
  expect(baseSessions(first.detail)).toHaveLength(1);
  expect(await bodyOf(first.id)).toContain(
    'failed in the same way before the change, at `sums up the old cart`',
  );
  expect((await factsOf(first.id)).filter((fact) => fact.startsWith('check:'))).toEqual([]);
  const second = await ran(repositoryPath, [writes('other.txt', 'two\n')]);
  expect(second.detail).toMatchObject({ status: 'completed', verification: { is_verified: false } });
  expect(baseSessions(second.detail)).toHaveLength(0);
});

test.concurrent('R-PROJ-6: only failures that the change caused go back to the model, with a list of the earlier ones', async () => {
  const repositoryPath = await projectWith({
    'package.json': manifest('node --test'),
    'old.test.js': failing,
    'greeting.js': "export const greeting = 'Hello';\n",
    'greeting.test.js':
      "import test from 'node:test';\nimport assert from 'node:assert';\nimport { greeting } from './greeting.js';\ntest('greets', () => assert.equal(greeting, 'Hello'));\n",
  });
  const { detail, prompts } = await ran(repositoryPath, [
    writes('greeting.js', "export const greeting = 'Bye';\n"),
    writes('greeting.js', "export const greeting = 'Hello';\n// said once\n"),
  ]);
  expect(detail).toMatchObject({ status: 'completed', counters: { refinement_cycles: 1 } });
  expect(detail.errors[0]).toMatchObject({ code: 'CHECK_FAILED' });
  expect(detail.errors[0]?.message).toContain('do not count against it: "sums up the old cart"');
  expect(prompts[1]).toContain('not yours to repair: "sums up the old cart"');
  expect(prompts[1]).toContain('Failing tests: "greets"');
});

test.concurrent('R-PROJ-6: a work order about a failing test continues until the test passes', async () => {
  const repositoryPath = await projectWith({
    'package.json': manifest('node --test'),
    'cart.js': 'export const sum = () => 1;\n',
    'old.test.js':
      "import test from 'node:test';\nimport assert from 'node:assert';\nimport { sum } from './cart.js';\ntest('sums up the old cart', () => assert.equal(sum(), 2));\n",
  });
  const { detail } = await ran(
    repositoryPath,
    [writes('notes.txt', 'one\n'), writes('cart.js', 'export const sum = () => 2;\n')],
    { title: 'Fix the test "sums up the old cart"' },
  );
  expect(detail).toMatchObject({
    status: 'completed',
    counters: { refinement_cycles: 1 },
    verification: { is_verified: true, because: null },
  });
});

const lacking: Array<[string, string, string, string]> = [
  ['a variable', "throw new Error('DATABASE_URL is not set')", 'CHECK_VARIABLE_MISSING', 'DATABASE_URL'],
  ['a package', "require('not-installed-here')", 'CHECK_PACKAGE_MISSING', 'not-installed-here'],
  [
    'a trusted certificate',
    "console.error('npm error code SELF_SIGNED_CERT_IN_CHAIN'); process.exit(1)",
    'CHECK_CERTIFICATE_UNTRUSTED',
    'certificate',
  ],
  [
    'a service',
    "require('node:net').connect(9, '127.0.0.1').on('error', (e) => { throw e; })",
    'CHECK_SERVICE_DOWN',
    '127.0.0.1:9',
  ],
];

test.concurrent.each(lacking)(
  'R-PROJ-7: if a check lacks %s, a person is asked immediately, and no model is paid for it',
  async (_, code, failure, name) => {
    const repositoryPath = await projectWith({
      'package.json': manifest('node test.cjs'),
      'test.cjs': `if (!require('node:fs').existsSync('${ground.shared}/mended-${failure}')) {\n${code}\n}\n`,
    });
    const { id, detail, prompts } = await ran(repositoryPath, [writes('notes.txt', 'one\n')]);
    expect(detail).toMatchObject({
      status: 'needs_review',
      step: 'verifying',
      failure: { code: failure },
      counters: { refinement_cycles: 0 },
    });
    expect(detail.failure?.message).toContain(name);
    expect(detail.failure?.advice).toContain('moose logs');
    expect(detail.errors.at(-1)).toMatchObject({ code: failure, category: 'configuration' });
    expect(prompts).toHaveLength(1);
    expect(JSON.stringify(detail.escalation?.options)).toContain('"kind":"accept"');
    await writeFile(join(ground.shared, `mended-${failure}`), '');
    await ground.opened.moose.retry(id, { from: 'verifying' });
    expect(await ground.settled(id)).toMatchObject({
      status: 'completed',
      verification: { is_verified: true },
    });
    expect(prompts).toHaveLength(1);
  },
);

test.concurrent('R-PROJ-7: the change is to blame for a package that it imports without installing it', async () => {
  const repositoryPath = await projectWith({
    'package.json': manifest('node test.cjs'),
    'test.cjs': "require('./index.cjs');\n",
    'index.cjs': 'module.exports = 1;\n',
  });
  const { detail } = await ran(repositoryPath, [
    writes('index.cjs', "module.exports = require('not-installed-here');\n"),
    writes('index.cjs', 'module.exports = 2;\n'),
  ]);
  expect(detail).toMatchObject({
    status: 'completed',
    counters: { refinement_cycles: 1 },
    verification: { is_verified: true },
  });
});

test.concurrent('R-PIPE-12: an install counts neither as verification nor as progress', async () => {
  const repositoryPath = await projectWith({ 'README.md': '# A project\n' });
  const { id, detail } = await ran(repositoryPath, [writes('notes.txt', 'one\n')], {
    checks: [{ kind: 'setup', command: 'true', source: 'given' }],
  });
  expect(detail).toMatchObject({
    status: 'completed',
    verification: { is_verified: false, because: expect.stringContaining('only check is an install') },
  });
  expect((await factsOf(id)).filter((fact) => fact.startsWith('check:'))).toEqual([]);
  expect(await bodyOf(id)).toContain('**Not verified: its only check is an install');
  const events = await ground.opened.database.run((query) =>
    query
      .selectFrom('workOrderEvents')
      .select('reason')
      .where('workOrderId', '=', id as never)
      .execute(),
  );
  expect(events.map(({ reason }) => reason)).not.toContain('the change is verified, pushed and proposed');
});

test.concurrent('R-PROJ-6: if an install also fails without the change, a person is asked, and nothing is refined', async () => {
  const repositoryPath = await projectWith({ 'README.md': '# A project\n' });
  const flag = join(ground.shared, 'installable');
  const { id, detail, prompts } = await ran(repositoryPath, [writes('notes.txt', 'one\n')], {
    checks: [
      { kind: 'setup', command: `test -e ${flag} || { echo 'cannot prepare'; exit 3; }`, source: 'given' },
      { kind: 'test', command: 'true', source: 'given' },
    ],
  });
  expect(detail).toMatchObject({ status: 'failed', counters: { refinement_cycles: 0 } });
  expect(detail.failure?.code).toBe('SETUP_FAILED');
  expect(prompts).toHaveLength(0);
  await mkdir(flag);
  await ground.opened.moose.retry(id, { from: 'preparing' });
  expect(await ground.settled(id)).toMatchObject({
    status: 'completed',
    verification: { is_verified: true },
  });
  await rm(flag, { recursive: true });
});

test.concurrent('R-SEC-4: a value that looks like a secret is neither stored nor pushed until a person allows it', async () => {
  const token = `ghp_${['aB3dE7gH1j', 'K5mN9pQ2rS', '6tU8vW4xY0', 'zLcFqq'].join('')}`;
  const repositoryPath = await projectWith({ 'README.md': '# A project\n' });
  const checks: Check[] = [{ kind: 'test', command: 'true', source: 'given' }];
  const { id, detail, prompts } = await ran(
    repositoryPath,
    [writes('config.js', `export const token = '${token}';\n`)],
    { checks },
  );
  expect(detail).toMatchObject({ status: 'failed', failure: { code: 'SECRET_IN_CHANGE' } });
  expect(detail.failure?.message).toContain(
    'config.js would contain what looks like a secret (github-token)',
  );
  expect(prompts).toHaveLength(1);
  const { opened } = ground;
  const stored = await opened.database.run(async (query) => [
    await query
      .selectFrom('stepResults')
      .selectAll()
      .where('workOrderId', '=', id as never)
      .execute(),
    await query
      .selectFrom('errorEvents')
      .selectAll()
      .where('workOrderId', '=', id as never)
      .execute(),
    await query
      .selectFrom('escalations')
      .selectAll()
      .where('workOrderId', '=', id as never)
      .execute(),
  ]);
  expect(
    JSON.stringify(stored, (_, value) => (typeof value === 'bigint' ? `${value}` : value)),
  ).not.toContain(token);
  const [question] = await opened.database.run((query) =>
    query
      .selectFrom('escalations')
      .select('id')
      .where('workOrderId', '=', id as never)
      .execute(),
  );
  await opened.moose.escalations.answer(question?.id ?? '', 'allow_secret');
  expect(await ground.settled(id)).toMatchObject({ status: 'completed' });
  const [allowed] = await opened.database.run((query) =>
    query.selectFrom('allowedSecrets').selectAll().execute(),
  );
  expect(allowed).toMatchObject({ kind: 'github-token', path: 'config.js', allowedBy: 'human:ada' });
  expect(JSON.stringify(allowed)).not.toContain(token);
});
