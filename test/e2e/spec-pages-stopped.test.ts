// What Mission Control shows of a spec when a part of it stops, and the limits of the Director (R-SPEC-1,
// R-SPEC-2, R-UI-1).
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { planned, planOf } from '../../src/domain/plan/plan.fixture.ts';
import { writes } from './ground.fixture.ts';
import { expectNoOverflow, openSpecPages, picture, type SpecPages } from './spec-pages.fixture.ts';

let pages: SpecPages;

beforeAll(async () => {
  pages = await openSpecPages();
});

afterAll(() => pages?.close());

const settledMsMax = 240_000;
/** Agents and checks of several work orders, one after the other, on a busy machine. */
const testMsMax = 900_000;

test(
  'R-SPEC-2, R-PIPE-13: a failed part names what it holds back, they name it, siblings finish, and its retry frees them',
  async () => {
    const { ground } = pages;
    const { specs } = ground.opened.moose;
    const orders = [
      planned('left'),
      planned('right'),
      planned('top', { depends_on: ['left'] }),
      planned('end', { depends_on: ['top'] }),
    ];
    let isBroken = true;
    for (const { key, title } of orders)
      ground.answer(title, () =>
        key === 'left' && isBroken
          ? { status: 400, body: { error: { type: 'invalid_request_error', message: 'No such thing.' } } }
          : writes(`src/${key}.ts`, 'export const part = 1;\n'),
      );
    const id = await pages.planned('Held back', planOf(orders));
    await specs.run(id);
    const seen = await Promise.all((['wide', 'narrow'] as const).map((size) => pages.open(size)));
    for (const [at, page] of seen.entries()) {
      await page.goto(`${pages.url}/specs/${id}`);
      const graph = page.getByRole('group', { name: '4 work orders in 3 layers' });
      await graph.getByText('failed').waitFor({ timeout: settledMsMax });
      await rowOf(page, 'left').getByText('Blocks top, end.').waitFor();
      // 'Why does this not move?': the cause, also of what waits for it through another one.
      for (const key of ['top', 'end'])
        await rowOf(page, key)
          .getByText(/: left \(\w+\) failed: .*Retry/)
          .waitFor();
      await rowOf(page, 'right').getByText('ready to merge').waitFor({ timeout: settledMsMax });
      await picture(page, `held-back-${at}`);
      await expectNoOverflow(page);
    }
    const held = (await specs.runOf(id))?.work_orders.map(({ key, holds_back }) => [key, holds_back]);
    expect(Object.fromEntries(held ?? [])).toEqual({
      left: ['top', 'end'],
      right: [],
      top: ['end'],
      end: [],
    });

    isBroken = false;
    const [, page] = seen;
    if (page === undefined) throw new Error('No page is open');
    await page.getByRole('button', { name: 'Actions on left' }).click();
    const part = page.getByRole('dialog', { name: 'Build left' });
    await part.getByText('Blocks top, end.').waitFor();
    await part.getByRole('button', { name: 'More actions' }).click();
    await part.getByRole('button', { name: 'Retry', exact: true }).click();
    await page.getByRole('button', { name: 'Start retry' }).click();
    // The dialog is still open, and shows the part as it is now.
    await part.getByText('Blocks').waitFor({ state: 'hidden', timeout: settledMsMax });
    await part.getByRole('button', { name: 'Close' }).click();
    const statuses = async () => (await specs.runOf(id))?.work_orders.map(({ status }) => status);
    await expect.poll(statuses, { timeout: settledMsMax }).toEqual(Array(4).fill('completed'));
  },
  testMsMax,
);

/** The row of a work order in the table of a spec, or its block on a phone. */
function rowOf(page: Page, key: string): Locator {
  const table = page.getByRole('region', { name: 'Work orders of the plan' }).first();
  return table
    .getByRole('row')
    .or(table.getByRole('listitem'))
    .filter({ has: page.getByRole('link', { name: key, exact: true }) });
}

test("R-SPEC-1, R-ESC-4: a person changes a project's limits of the Director on its page", async () => {
  const { opened } = pages.ground;
  const project = () => opened.moose.projects.one(pages.project);
  const { id } = await project();
  const limits = async () => (await project()).director;
  const page = await pages.open('narrow');
  await page.goto(`${pages.url}/projects/${id}`);
  await page.getByLabel('Cost of a plan, in dollars').fill('none');
  await page.getByText('Enter 0 or more, or leave it empty.').waitFor();
  await page.getByLabel('Cost of a plan, in dollars').fill('2.5');
  await page.getByLabel('Plans of low risk').selectOption('ask');
  await page.getByRole('button', { name: 'Save limits' }).click();
  await page.getByText('The Director asks a person about every plan of this project.').waitFor();
  expect(await limits()).toMatchObject({ mode: 'ask', cost_usd: 2.5, own: ['mode', 'cost_usd'] });
  await picture(page, 'narrow-director');
  await expectNoOverflow(page);
  await page.getByLabel('Plans of low risk').selectOption('');
  await page.getByLabel('Cost of a plan, in dollars').fill('');
  await page.getByRole('button', { name: 'Save limits' }).click();
  await page.getByText('The Director approves plans within these limits').waitFor();
  expect(await limits()).toMatchObject({ mode: 'policy', own: [] });
});
