// A link that signs in, in a real browser in which another person is signed in: the page names both and asks.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findBarriers } from '../browser/find-barriers.ts';
import { type MissionControl, missionControl } from './mission-control.fixture.ts';

let at: MissionControl;
beforeAll(async () => {
  at = await missionControl();
});
afterAll(() => at?.close());

const actorOf = (page: Page) =>
  page.evaluate(`fetch('/api/me').then((a) => a.json()).then((me) => me.actor)`);

/** As from another site or a mail: the page loads from the start. */
async function follow(page: Page, link: string): Promise<void> {
  await page.goto('about:blank');
  await page.goto(link);
}

test("R-SEC-1: fear: a stranger's link makes a person act under the stranger's name", async () => {
  const { page } = await at.see('/work-orders');
  const ada = String(await actorOf(page)).replace('human:', '');
  const create = (path: string, body: object) =>
    page.evaluate(
      `fetch('${path}', { method: 'POST', headers: { 'content-type': 'application/json' },
        body: ${JSON.stringify(JSON.stringify(body))} }).then((answer) => answer.json())`,
    );
  const { token } = (await create('/api/tokens', { name: 'mal', role: 'operator', person: 'mallory' })) as {
    token: string;
  };
  const link = `${at.url}/#token=${token}`;
  const question = page.getByText(`You are signed in as ${ada}. Sign in as mallory instead?`);

  await follow(page, link);
  await question.waitFor();
  expect(page.url()).not.toContain(token);
  expect(await page.getByRole('navigation').count()).toBe(0);
  expect(await findBarriers(page)).toEqual([]);
  expect(await actorOf(page)).toBe(`human:${ada}`);
  await page.getByRole('button', { name: 'Stay signed in' }).click();
  await page.getByRole('navigation').first().waitFor();
  expect(await actorOf(page)).toBe(`human:${ada}`);

  const { link: invite } = (await create('/api/invites', { person: 'dee', role: 'viewer' })) as {
    link: string;
  };
  await follow(page, invite);
  await page.getByText(`You are signed in as ${ada}. Sign in as dee instead?`).waitFor();
  expect(await actorOf(page)).toBe(`human:${ada}`);

  // The own link of whoever is signed in asks nothing.
  await follow(page, `${at.url}/#token=${at.token}`);
  await page.getByRole('navigation').first().waitFor();

  await follow(page, link);
  await question.waitFor();
  await page.getByRole('button', { name: 'Sign in as the other person' }).click();
  await page.getByRole('navigation').first().waitFor();
  expect(await actorOf(page)).toBe('human:mallory');

  // A link in an open tab of somebody who is signed out: only what follows the `#` changes.
  await page.evaluate(`fetch('/api/session', { method: 'DELETE' })`);
  await page.goto(`${at.url}/work-orders`);
  await page.getByLabel('Token').waitFor();
  await page.evaluate(`location.hash = ${JSON.stringify(`#token=${at.token}`)}`);
  await page.getByRole('navigation').first().waitFor();
  expect(page.url()).not.toContain(at.token);
  expect(await actorOf(page)).toBe(`human:${ada}`);
}, 240_000);
