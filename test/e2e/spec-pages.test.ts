// A spec in Mission Control, from its upload to its summary, on a desktop and on a phone (R-SPEC-1, R-SPEC-2,
// R-UI-1).
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { planned, planOf } from '../../src/domain/plan/plan.fixture.ts';
import type { Size, Theme } from '../browser/open-chromium.ts';
import { writes } from './ground.fixture.ts';
import { expectNoOverflow, openSpecPages, picture, type SpecPages } from './spec-pages.fixture.ts';

let pages: SpecPages;

beforeAll(async () => {
  pages = await openSpecPages();
});

afterAll(() => pages?.close());

/** Two layers of work orders, one after the other. */
const settledMsMax = 120_000;

const planTable = (page: Page): Locator => page.getByRole('region', { name: 'Work orders of the plan' });

async function describeTill(dialog: Locator): Promise<void> {
  await dialog.getByLabel('Key').fill('till');
  await dialog.getByLabel('Title').fill('Build till');
  await dialog.getByLabel('Description').fill('Write src/till.ts.');
  await dialog.getByLabel('Text of criterion 1').fill('It exits with 0');
  await dialog.getByLabel('Proof of criterion 1').selectOption('command');
  await dialog.getByLabel('Target of criterion 1').fill('true');
  await dialog.getByRole('checkbox', { name: /^basket/ }).check();
}

test.each<[Size, Theme]>([
  ['wide', 'light'],
  ['narrow', 'dark'],
])('upload, estimate, plan, edit, approve, watch, summary: %s, %s', async (size, theme) => {
  const name = `Shop ${size}`;
  const plan = planOf([planned('basket'), planned('page', { depends_on: ['basket'] }), planned('mail')]);
  pages.ground.answer(`Plan: ${name}`, () => ({ raw: JSON.stringify(plan) }));
  for (const key of ['basket', 'page', 'till', 'mail'])
    pages.ground.answer(`Build ${key}`, () => writes(`src/${size}-${key}.ts`, `export const ${key} = 1;\n`));
  const page = await pages.open(size, theme);

  await page.goto(`${pages.url}/specs`);
  await page.getByLabel('Text').fill('# Shop\n\n## Basket\n- A basket\n- A page\n');
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Project (optional)').fill(pages.project);
  await page.getByRole('button', { name: 'Estimate cost' }).click();
  await page.getByRole('button', { name: 'Save spec' }).click();
  await page.getByRole('link', { name }).click();

  await page.getByRole('button', { name: /Plan \(at most/ }).click();
  await page.getByRole('img', { name: '3 work orders in 2 layers' }).waitFor();
  await picture(page, `${size}-${theme}-planned`);
  await expectNoOverflow(page);

  await page.getByRole('button', { name: 'Edit mail' }).click();
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  await page.getByRole('button', { name: 'Add a work order' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await dialog.getByText('Enter a title.').waitFor();
  await describeTill(dialog);
  await picture(page, `${size}-${theme}-edit`);
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByText('Not stored yet: added till, removed mail.').waitFor();
  await page.getByLabel('Reason (optional)').fill('a till instead of mail');
  await picture(page, `${size}-${theme}-changed`);
  await expectNoOverflow(page);
  await page.getByRole('button', { name: 'Store as version 2' }).click();
  await page.getByText(/^ada: a till instead of mail/).waitFor();
  await page.getByRole('img', { name: '3 work orders in 2 layers' }).waitFor();

  await page.getByRole('button', { name: 'Approve and run…' }).click();
  await dialog.getByText('3 work orders are stored. One starts at once').waitFor();
  await picture(page, `${size}-${theme}-approve`);
  await dialog.getByRole('button', { name: 'Approve and run' }).click();
  await page.getByRole('group', { name: '3 work orders in 2 layers' }).waitFor();
  await expect.poll(() => planTable(page).first().textContent()).toMatch(/basket[\s\S]*page[\s\S]*till/);
  await picture(page, `${size}-${theme}-watch`);
  await expectNoOverflow(page);

  const summary = page.getByRole('region', { name: 'Summary' });
  await summary.waitFor({ timeout: settledMsMax });
  expect(await summary.getByRole('region', { name: 'Built' }).getByRole('listitem').count()).toBe(3);
  await picture(page, `${size}-${theme}-summary`);
  await expectNoOverflow(page);
  await summary.getByRole('link', { name: 'Build till' }).click();
  await page.getByRole('link', { name: 'till of its spec' }).click();
  await page.getByRole('heading', { name, level: 1 }).waitFor();
});

test.each<[Size, Theme]>([
  ['wide', 'light'],
  ['narrow', 'light'],
])(
  'R-SPEC-4: the refused plan is shown beside the repaired one, with the reasons: %s',
  async (size, theme) => {
    const { specs } = pages.ground.opened.moose;
    const name = `Repaired ${size}`;
    const answers = [
      planOf([planned('basket', { depends_on: ['page'] }), planned('page', { depends_on: ['basket'] })]),
      planOf([planned('basket'), planned('page', { depends_on: ['basket'] })]),
    ];
    pages.ground.answer(`Plan: ${name}`, () => ({ raw: JSON.stringify(answers.shift()) }));
    const { id } = await specs.upload({ name, content: '# R\n\nBuild it.\n', project: pages.project });
    await specs.plan(id);
    await expect.poll(async () => (await specs.planning(id))?.state).toBe('planned');
    const page = await pages.open(size, theme);
    await page.goto(`${pages.url}/specs/${id}`);
    const versions = page.getByRole('region', { name: 'Versions of the plan' });
    await versions.getByRole('link', { name: 'Compare with the previous version of version 2' }).click();
    const compared = versions.getByRole('region', { name: 'Version 2 compared' });
    const reasons = compared.getByRole('list', { name: 'Why version 1 was refused' });
    expect(await reasons.textContent()).toContain('in a circle');
    const basket = compared.getByRole('region', { name: 'Work order basket' });
    const [before, after] = await basket.locator('dd').all();
    expect([await before?.textContent(), await after?.textContent()]).toEqual(['page', '–']);
    const [left, right] = [await before?.boundingBox(), await after?.boundingBox()];
    // Side by side, and one below the other on a phone.
    expect((left?.x ?? 0) < (right?.x ?? 0)).toBe(size === 'wide');
    expect((left?.y ?? 0) < (right?.y ?? 0)).toBe(size === 'narrow');
    await picture(page, `${size}-${theme}-versions`);
    await expectNoOverflow(page);
    await page.reload();
    await compared.waitFor();
    await versions.getByRole('link', { name: 'Hide of version 2' }).click();
    await compared.waitFor({ state: 'hidden' });
    await versions.getByRole('link', { name: 'Show the reasons of version 1' }).click();
    await versions.getByRole('list', { name: 'Why version 1 was refused' }).waitFor();
  },
);

test('R-SPEC-2: a part waits for what it depends on; the whole and the parts are paused and cancelled', async () => {
  const { specs } = pages.ground.opened.moose;
  const plan = planOf([planned('first'), planned('second', { depends_on: ['first'] }), planned('third')]);
  pages.ground.answer('Build first', () => ({ hangMs: 60_000 }));
  pages.ground.answer('Build third', () => ({ hangMs: 60_000 }));
  const { id } = await specs.upload({
    name: 'Steered',
    content: '# S\n\nBuild it.\n',
    project: pages.project,
  });
  pages.ground.answer('Plan: Steered', () => ({ raw: JSON.stringify(plan) }));
  await specs.plan(id);
  await expect.poll(async () => (await specs.planning(id))?.state).toBe('planned');
  await specs.approve(id);
  const page = await pages.open('narrow');
  await page.goto(`${pages.url}/specs/${id}`);
  const graph = page.getByRole('group', { name: '3 work orders in 2 layers' });
  await graph.getByText('waiting for first').waitFor();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByRole('button', { name: 'Pause all' }).click();
  await page.getByRole('button', { name: 'Resume all' }).click();
  await page.getByRole('button', { name: 'Pause all' }).waitFor();
  await page.getByRole('button', { name: 'Actions on third' }).click();
  const part = page.getByRole('dialog', { name: 'Build third' });
  await part.getByRole('button', { name: 'More actions' }).click();
  await part.getByRole('button', { name: 'Cancel', exact: true }).click();
  await page.getByRole('button', { name: 'Cancel work order' }).click();
  await page.getByRole('dialog', { name: 'Cancel: Build third' }).waitFor({ state: 'hidden' });
  await part.getByRole('button', { name: 'Close' }).click();
  await graph.getByText('cancelled').waitFor();
  await picture(page, 'narrow-light-steered');
  await expectNoOverflow(page);
  await page.getByRole('button', { name: 'Cancel all…' }).click();
  await page.getByRole('button', { name: 'Cancel the spec' }).click();
  await expect.poll(async () => (await specs.runOf(id))?.state).toBe('cancelled');
  await page.getByRole('region', { name: 'Summary' }).waitFor();
});

test('R-SPEC-1: a plan of 200 work orders is shown in columns that a person can read', async () => {
  const { specs } = pages.ground.opened.moose;
  const many = planOf(Array.from({ length: 200 }, (_, at) => planned(`part-${at}`)));
  pages.ground.answer('Plan: Large', () => ({ raw: JSON.stringify(many) }));
  const { id } = await specs.upload({ name: 'Large', content: '# L\n\nBuild it.\n', project: pages.project });
  await specs.plan(id);
  const page = await pages.open('wide', 'dark');
  await page.goto(`${pages.url}/specs/${id}`);
  const graph = page.getByRole('img', { name: '200 work orders in 1 layer' });
  await graph.waitFor({ timeout: 30_000 });
  expect((await graph.boundingBox())?.height).toBeLessThan(1_000);
  await picture(page, 'wide-dark-large');
  await expectNoOverflow(page);
});
