// Plans specs over the provider's real protocol, the gateway and the ledger, and shows them (R-SPEC-1, R-SPEC-4, R-BUD-8).
// What comes of each kind of plan is in kinds-of-specs.test.ts.
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { serve } from '../../src/app/serve.ts';
import type { SpecPlanning } from '../../src/contract/contract.ts';
import type { ScriptedAnswer } from '../../src/demo/scripted-answer.ts';
import { planned, planOf } from '../../src/domain/plan/plan.fixture.ts';
import type { Plan } from '../../src/domain/plan/plan.ts';
import { openChromium, signIn } from '../browser/open-chromium.ts';
import { type Ground, openGround } from './ground.fixture.ts';
import { makeRepository } from './repository.fixture.ts';

let ground: Ground;
let project: string;

beforeAll(async () => {
  ground = await openGround();
  const repositoryPath = await makeRepository(join(ground.directory, 'shop'));
  const added = await ground.opened.moose.projects.add({ repository: repositoryPath, name: 'shop' });
  project = added.project.name;
});

afterAll(() => ground?.close());

const raw = (plan: Plan | string): ScriptedAnswer => ({
  raw: typeof plan === 'string' ? plan : JSON.stringify(plan),
});

/** Uploads a spec and plans it. The model gives these answers one after the other, and repeats the last. */
async function plan(name: string, answers: readonly ScriptedAnswer[], content = `# ${name}\n\nBuild it.\n`) {
  const prompts: string[] = [];
  ground.answer(`Plan: ${name}`, ({ attempt, prompt }) => {
    prompts.push(prompt);
    return answers[Math.min(attempt, answers.length) - 1] ?? { status: 500, body: 'no answer' };
  });
  const { specs } = ground.opened.moose;
  const { id } = await specs.upload({ name, content, project });
  await specs.plan(id);
  const ended = async () => (await specs.planning(id))?.ended_at ?? null;
  await expect.poll(ended, { interval: 100 }).not.toBeNull();
  return { id, prompts, planning: (await specs.planning(id)) as SpecPlanning };
}

const fine = planOf([planned('basket'), planned('page', { depends_on: ['basket'] })]);
const cycle = planOf([planned('a', { depends_on: ['b'] }), planned('b', { depends_on: ['a'] })]);

test.each<[string, string]>([
  ['in another language', '# Корзина\n\nПокажи сумму. 合計を表示する。\n'],
  ['that contradicts itself', '# Basket\n\n- Show the total.\n- Never show the total.\n'],
  ['of half a megabyte', `# Basket\n\n${'- a point\n'.repeat(50_000)}`],
])('R-SPEC-1: a spec %s is planned as any other', async (kind, content) => {
  const { prompts, planning } = await plan(`Spec ${kind}`, [raw(fine)], content);
  expect(planning).toMatchObject({ state: 'planned', rounds: 1, failure: null });
  expect(prompts[0]).toContain(content.slice(0, 40));
});

test.each<[string, string, string]>([
  ['that is empty', ' \n', 'SPEC_EMPTY'],
  ['of a megabyte', 'a'.repeat(1024 ** 2), 'SPEC_TOO_LARGE'],
])('R-SPEC-1: a spec %s is a sentence, and costs nothing', async (_, content, code) => {
  const { specs } = ground.opened.moose;
  await expect(specs.upload({ name: 'Refused', content, project })).rejects.toMatchObject({
    code,
    advice: expect.any(String),
  });
});

test('R-SPEC-1: what is to run is decided about by the Director: it runs, or a person is asked', async () => {
  const { specs } = ground.opened.moose;
  const { id } = await plan('To run', [raw(planOf([planned('pay', { title: 'Store the password' })]))]);
  await specs.plan(id, { run: true });
  await expect.poll(async () => (await specs.decisions(id)).question).not.toBeNull();
  const { items } = await specs.decisions(id);
  expect(items).toMatchObject([{ decision: 'ask', by: 'moose:director', version: 1 }]);
  expect(items[0]?.objections.map(({ row }) => row)).toContain('hard_stop');
});

test('R-SPEC-4: what is no plan at all goes back too, and after three repairs a sentence says so', async () => {
  const { id, planning } = await plan('Nonsense', [
    raw('I would rather not.'),
    raw('{"summary":1}'),
    raw(cycle),
  ]);
  expect(planning).toMatchObject({ state: 'failed', rounds: 4, failure_code: 'PLAN_NOT_REPAIRED' });
  expect(planning.failure).toContain('in a circle: a → b → a');
  const alerts = await ground.opened.moose.escalations.alerts({ all: false });
  expect(alerts.map(({ key }) => key)).toContain(`planning:${id}`);
});

test('R-BUD-8: its cost is outside the day, inside the month, below what was shown; nothing stays reserved', async () => {
  const { moose } = ground.opened;
  const before = await moose.budget();
  const { planning } = await plan('Paid', [raw(cycle), raw(fine)]);
  expect(planning.spent_usd).toBeGreaterThan(0);
  expect(planning.spent_usd).toBeLessThan(planning.limit_usd);
  const after = await moose.budget();
  const used = ({ windows }: typeof after, kind: string) =>
    windows
      .filter(({ key }) => key.startsWith(kind))
      .reduce(
        (sum, { heldNanoUsd, spentNanoUsd, presumedNanoUsd }) =>
          sum + heldNanoUsd + spentNanoUsd + presumedNanoUsd,
        0n,
      );
  expect(used(after, 'day:')).toBe(used(before, 'day:'));
  expect(used(after, 'month:')).toBeGreaterThan(used(before, 'month:'));
  expect(after.architect.heldNanoUsd).toBe(0n);
  expect(await moose.checkBudget()).toEqual([]);
});

test('R-SPEC-1: an edit is a version with its author; an invalid or late one changes nothing', async () => {
  const { id } = await plan('Edited', [raw(fine)]);
  const { specs } = ground.opened.moose;
  const edited = planOf([...fine.work_orders, planned('till', { depends_on: ['basket'] })]);
  expect(await specs.editPlan(id, { plan: edited, after: 1, because: 'a till is missing' })).toMatchObject({
    version: 2,
    made_by: expect.stringContaining('ada'),
    because: 'a till is missing',
    work_orders: 3,
    layers: [['basket'], ['page', 'till']],
  });
  await expect(specs.editPlan(id, { plan: fine, after: 1 })).rejects.toMatchObject({ code: 'PLAN_CHANGED' });
  for (const wrong of [cycle, { plan: 'none' }, null, []])
    await expect(async () => specs.editPlan(id, { plan: wrong, after: 2 })).rejects.toMatchObject({
      code: 'PLAN_INVALID',
    });
  expect(await specs.planVersions(id)).toHaveLength(2);
});

test('R-SPEC-4: a provider that fails is asked again, and a stop frees the money', async () => {
  let calls = 0;
  ground.answer('Plan: Flaky', () => {
    calls += 1;
    return { status: 503, body: 'later' };
  });
  const { specs } = ground.opened.moose;
  const { id } = await specs.upload({ name: 'Flaky', content: '# Flaky\n\nBuild it.\n', project });
  await specs.plan(id);
  await expect.poll(() => calls).toBeGreaterThan(1);
  expect(await specs.planning(id)).toMatchObject({ state: 'working', rounds: 0 });
  expect(await specs.cancelPlanning(id)).toMatchObject({ state: 'cancelled' });
  expect((await ground.opened.moose.budget()).architect.heldNanoUsd).toBe(0n);
});

test('R-SPEC-1, R-UI-1: on its page, a spec is planned, and its graph and table are shown, also on a phone', async () => {
  ground.answer('Plan: In the browser', () => raw(fine));
  const { specs, tokens } = ground.opened.moose;
  await specs.upload({ name: 'In the browser', content: '# Shop\n\nBuild it.\n', project });
  const serving = await serve(ground.opened, ground.config, {
    version: '0.0.0',
    port: 0,
    worker: () => null,
  });
  onTestFinished(() => serving.close());
  const chromium = await openChromium();
  onTestFinished(() => chromium.close());
  const { token } = await tokens.create({ name: 'page', role: 'admin', person: 'ada' });
  for (const size of ['wide', 'narrow'] as const) {
    const { page, errors } = await chromium.open({ size });
    await signIn(page, serving.url, token);
    await page.goto(`${serving.url}/specs`);
    await page.getByRole('link', { name: 'In the browser' }).click();
    const isPlanned = size === 'narrow';
    await page.getByRole('button', { name: isPlanned ? /Plan again/ : /Plan \(at most/ }).waitFor();
    if (!isPlanned) await page.getByRole('button', { name: /Plan \(at most/ }).click();
    await page.getByRole('img', { name: '2 work orders in 2 layers' }).waitFor();
    const table = page.getByRole('region', { name: 'Work orders of the plan' });
    expect(await table.textContent()).toMatch(/basket[\s\S]*page/);
    const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
    expect(await page.evaluate(overflow)).toBeLessThanOrEqual(0);
    expect(errors).toEqual([]);
  }
});
