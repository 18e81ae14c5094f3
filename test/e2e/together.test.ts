// Changes that are green alone and red together, on the local forge: before they are published, and before they are merged
// (R-GREEN-11).
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Proposal } from '../../src/domain/agents/proposal.ts';
import { type Ground, openGround } from './ground.fixture.ts';
import { makeRepository } from './repository.fixture.ts';

let ground: Ground;
beforeAll(async () => {
  ground = await openGround();
});
afterAll(() => ground.close());

const edits = (files: Readonly<Record<string, string>>, plan = 'Do it.'): Proposal => ({
  plan,
  edits: Object.entries(files).map(([path, content]) => ({ kind: 'write', path, content })),
  risks: [],
});

const importing = "import test from 'node:test';\nimport assert from 'node:assert';\n";
const shop = {
  'package.json': `${JSON.stringify({ name: 'shop', type: 'module', private: true, scripts: { test: 'node --test' } })}\n`,
  'cart.js': 'export const total = (a, b) => a + b;\n',
  'cart.test.js': `${importing}import { total } from './cart.js';\ntest('adds up', () => assert.equal(total(1, 2), 3));\n`,
};
const renamed = edits({
  'cart.js': 'export const sum = (a, b) => a + b;\n',
  'cart.test.js': `${importing}import { sum } from './cart.js';\ntest('adds up', () => assert.equal(sum(1, 2), 3));\n`,
});
const checkout = (load: string, name: string) =>
  edits({
    'checkout.js': `${load}export const pay = (a, b) => ${name}(a, b) * 2;\n`,
    'checkout.test.js': `${importing}import { pay } from './checkout.js';\ntest('pays twice', () => assert.equal(pay(1, 2), 6));\n`,
  });
const usesTotal = checkout("import { total } from './cart.js';\n", 'total');
const usesEither = checkout(
  "import * as cart from './cart.js';\nconst add = cart.sum ?? cart.total;\n",
  'add',
);
/** Concerns nothing else in the shop. */
const apart = (name: string) =>
  edits({
    [`extras/${name}.js`]: `export const ${name} = '${name}';\n`,
    [`extras/${name}.test.js`]: `${importing}import { ${name} } from './${name}.js';\ntest('is ${name}', () => assert.equal(${name}, '${name}'));\n`,
  });

let projects = 0;
const project = (files: Record<string, string> = {}) => {
  projects += 1;
  return makeRepository(join(ground.directory, 'projects', String(projects)), { ...shop, ...files });
};

/** Runs a work order to its end; the last answer is repeated. */
async function ran(
  repositoryPath: string,
  title: string,
  answers: readonly Proposal[],
  given: Parameters<Ground['submit']>[0] = {},
) {
  const prompts: string[] = [];
  const { id } = await ground.submit({
    repositoryPath,
    title,
    checks: undefined as never,
    answer: ({ prompt }) => {
      prompts.push(prompt);
      return answers[Math.min(prompts.length, answers.length) - 1] ?? edits({});
    },
    ...given,
  });
  const detail = await ground.settled(id);
  return { id, prompts, detail };
}

/** What was found about the combinations, oldest first. */
async function looks(id: string) {
  const rows = await ground.opened.database.run((query) =>
    query
      .selectFrom('workOrderEvents')
      .select(['reason', 'detail'])
      .where('workOrderId', '=', id as never)
      .where('kind', '=', 'together.checked')
      .orderBy('id')
      .execute(),
  );
  return rows.map(({ reason, detail }) => ({ reason, ...(detail as { is: string; runs: number }) }));
}

test.concurrent('R-GREEN-11: the later of two changes that are red together goes back to its agent, which sees the other one', async () => {
  const repositoryPath = await project();
  const first = await ran(repositoryPath, 'Rename total to sum', [renamed]);
  expect(first.detail).toMatchObject({ status: 'completed', verification: { is_verified: true } });
  const second = await ran(repositoryPath, 'Add the checkout', [usesTotal, usesEither]);
  expect(second.detail).toMatchObject({
    status: 'completed',
    counters: { refinement_cycles: 1 },
    verification: { is_verified: true },
  });
  expect(second.prompts[1]).toContain('pull request 1');
  expect(second.prompts[1]).toContain('Rename total to sum');
  expect(second.prompts[1]).toContain('+export const sum');
  expect(await looks(second.id)).toMatchObject([
    // That the first one is green by itself is known.
    { is: 'red', runs: 1 },
    { is: 'green', runs: 1 },
  ]);
});

test.concurrent('R-GREEN-11: an agent that insists ends at a person, who may accept the change as it is', async () => {
  const repositoryPath = await project();
  await ran(repositoryPath, 'Rename total to sum everywhere', [renamed]);
  const { id, detail } = await ran(
    repositoryPath,
    'Pay with total',
    [1, 2, 3, 4, 5].map((time) =>
      checkout(`// Attempt ${time}.\nimport { total } from './cart.js';\n`, 'total'),
    ),
  );
  expect(detail).toMatchObject({ status: 'needs_review' });
  expect(JSON.stringify(detail)).toContain('red together with pull request 1');
  expect(JSON.stringify(detail.escalation?.options)).toContain('"kind":"accept"');
  expect((await looks(id)).every(({ is }) => is === 'red')).toBe(true);
});

test.concurrent('R-GREEN-11: harmless changes are published beside each other without a run', async () => {
  const repositoryPath = await project();
  await ran(repositoryPath, 'Add a', [apart('alpha')]);
  const second = await ran(repositoryPath, 'Add b', [apart('beta')]);
  expect(second.detail).toMatchObject({ status: 'completed', counters: { refinement_cycles: 0 } });
  expect(await looks(second.id)).toEqual([]);
});

/** Eight work orders, one after the other, also beside other tests. */
const eightMsMax = 600_000;

test.concurrent(
  'R-GREEN-11: with `all`, one of eight open changes is found in at most log2(8) + 1 more runs',
  async () => {
    const repositoryPath = await project({ '.moose/config.yml': 'together: all\n' });
    const names = ['alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta', 'eta'];
    for (const [index, name] of names.entries()) {
      if (index === 4) {
        const { detail } = await ran(repositoryPath, 'Rename total to sum beside others', [renamed]);
        expect(detail.status).toBe('completed');
      }
      const { detail } = await ran(repositoryPath, `Add ${name}`, [apart(name)]);
      expect(detail.counters.refinement_cycles).toBe(0);
    }
    const last = await ran(repositoryPath, 'Pay at last', [usesTotal, usesEither]);
    expect(last.detail).toMatchObject({ status: 'completed', counters: { refinement_cycles: 1 } });
    const [red, green] = await looks(last.id);
    expect(red).toMatchObject({
      is: 'red',
      reason: expect.stringContaining('"Rename total to sum beside others"'),
    });
    expect(red?.runs).toBeLessThanOrEqual(1 + Math.log2(8) + 1);
    expect(green).toMatchObject({ is: 'green', runs: 1 });
  },
  eightMsMax,
);

test.concurrent('R-GREEN-11: with `off`, each change is checked by itself', async () => {
  const repositoryPath = await project({ '.moose/config.yml': 'together: off\n' });
  await ran(repositoryPath, 'Rename total to sum alone', [renamed]);
  const second = await ran(repositoryPath, 'Use total', [usesTotal]);
  expect(second.detail).toMatchObject({ status: 'completed', counters: { refinement_cycles: 0 } });
  expect(await looks(second.id)).toEqual([]);
});

/** Both are open, and neither has been checked with the other. */
async function bothOpen(repositoryPath: string, second: Proposal, title: string) {
  const first = await ran(repositoryPath, `Rename total to sum before ${title}`, [renamed]);
  const { projectId } = await ground.opened.moose.find(first.id);
  const { projects: ofMoose } = ground.opened.mooseFor('human:ada');
  await ofMoose.change(projectId, { together: 'off' });
  const other = await ran(repositoryPath, title, [second]);
  expect(other.detail).toMatchObject({ status: 'completed', verification: { is_verified: true } });
  await ofMoose.change(projectId, { together: null });
  await ground.opened.moose.merge(first.id);
  return other;
}

test.concurrent('R-GREEN-11: a change that is red on the base that has moved is not merged, and its successor is told why', async () => {
  const repositoryPath = await project();
  const { id } = await bothOpen(repositoryPath, usesTotal, 'Charge with total');
  const { moose } = ground.opened;
  const refused = moose.merge(id);
  await expect(refused).rejects.toMatchObject({
    code: 'MERGE_RED_TOGETHER',
    message: expect.stringContaining('Rename total to sum before Charge with total'),
  });
  // That the base is green is known from the first one.
  expect(await looks(id)).toMatchObject([{ is: 'red', runs: 1 }]);
  // The result is kept: asking again runs nothing.
  await expect(moose.merge(id)).rejects.toMatchObject({ code: 'MERGE_RED_TOGETHER' });
  expect((await looks(id))[1]).toMatchObject({ is: 'red', runs: 0 });
  ground.answer('Charge with total', () => usesEither);
  const { id: again } = await moose.retry(id, {});
  const detail = await ground.settled(again);
  expect(detail).toMatchObject({ status: 'completed', verification: { is_verified: true } });
  expect(detail.description).toContain('red together with');
  expect(await moose.merge(again)).toMatchObject({ state: 'merged' });
});

test.concurrent('R-GREEN-11: after the base has moved, a change that is green on it is merged, and so is one that nothing connects with it', async () => {
  const repositoryPath = await project();
  const either = await bothOpen(repositoryPath, usesEither, 'Charge with either');
  const { moose } = ground.opened;
  expect(await moose.merge(either.id)).toMatchObject({ state: 'merged' });
  expect(await looks(either.id)).toMatchObject([{ is: 'green', runs: 1 }]);
  const apartProject = await project();
  const beside = await bothOpen(apartProject, apart('theta'), 'Add theta');
  expect(await moose.merge(beside.id)).toMatchObject({ state: 'merged' });
  expect(await looks(beside.id)).toEqual([]);
});

const gone = (...paths: string[]) => paths.map((path) => ({ kind: 'delete', path }) as const);

/** Passes on each change alone. */
const setupFor = (ends: string) => ({
  '.moose/config.yml': `setup: >-
  if grep -q sum cart.js && test -e checkout.js; then ${ends}; fi
checks:
  - kind: test
    command: npm test
`,
});

test.concurrent('R-GREEN-11: changes whose setup fails together are red together', async () => {
  const repositoryPath = await project(setupFor("echo 'sum and checkout do not fit'; exit 1"));
  await ran(repositoryPath, 'Rename total to sum in the set-up', [renamed]);
  const { detail, id, prompts } = await ran(repositoryPath, 'Set up the checkout', [
    usesEither,
    { ...edits({}), edits: [...apart('iota').edits, ...gone('checkout.js', 'checkout.test.js')] },
  ]);
  expect(detail).toMatchObject({ status: 'completed', counters: { refinement_cycles: 1 } });
  expect((await looks(id))[0]).toMatchObject({ is: 'red' });
  expect(prompts[1]).toContain('the setup check');
});

const registryAway =
  "echo 'npm error code EAI_AGAIN'; echo 'npm error request to http://registry.local/x failed, reason: getaddrinfo EAI_AGAIN registry.local'; exit 1";

test.concurrent('R-GREEN-11: where the machine fails, a change is published without a verdict on both, and not merged', async () => {
  const repositoryPath = await project(setupFor(registryAway));
  await ran(repositoryPath, 'Rename total to sum without a registry', [renamed]);
  const { detail, id } = await ran(repositoryPath, 'Check out without a registry', [usesEither]);
  expect(detail).toMatchObject({ status: 'completed', counters: { refinement_cycles: 0 } });
  expect(await looks(id)).toMatchObject([{ is: 'unknown', runs: 1 }]);
  const merged = await bothOpen(
    await project(setupFor(registryAway)),
    usesEither,
    'Check out when the registry has gone',
  );
  const refused = ground.opened.moose.merge(merged.id);
  await expect(refused).rejects.toMatchObject({
    code: 'MERGE_UNCHECKED',
    message: expect.stringContaining('Rename total to sum before'),
  });
  expect(await looks(merged.id)).toMatchObject([{ is: 'unknown' }]);
});

test.concurrent('R-GREEN-11: each part of a joint change is checked with what is open in its repository', async () => {
  const [repositoryPath, other] = [await project(), await project()];
  await ran(repositoryPath, 'Rename total to sum beside a joint change', [renamed]);
  const { detail } = await ran(repositoryPath, 'Pay in both shops', [], {
    alsoIn: [{ repositoryPath: other }],
    answer: ({ prompt }: { prompt: string }) =>
      prompt.includes('+export const sum') ? usesEither : usesTotal,
  });
  expect(detail).toMatchObject({ status: 'completed', verification: { is_verified: true } });
  expect((await looks(detail.id)).map(({ is }) => is)).toEqual(['red', 'green']);
});
