// An invite in a real browser, against a complete Moose: the admin makes the link, and the invited person opens it,
// presses the button and is signed in.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findBarriers } from '../browser/find-barriers.ts';
import type { OpenedPage } from '../browser/open-chromium.ts';
import { type MissionControl, missionControl } from './mission-control.fixture.ts';
import { expectNoOverflow, picture } from './spec-pages.fixture.ts';

let at: MissionControl;
beforeAll(async () => {
  at = await missionControl();
});
afterAll(() => at?.close());

const screens = { 1280: 800, 390: 844 } as const;

/** At both widths: nothing sticks out, and a picture for people. */
async function seeAt(page: Page, name: string): Promise<void> {
  for (const [width, height] of Object.entries(screens)) {
    await page.setViewportSize({ width: Number(width), height });
    await expectNoOverflow(page);
    await picture(page, `${name}-${width}`);
  }
}

const actorOf = (page: Page) =>
  page.evaluate(
    `fetch('/api/me').then((answer) => answer.json()).then(({ actor, role }) => actor + ' ' + role)`,
  );

/** The admin makes the link on the page, after a mistake. */
async function linkOf(admins: Page): Promise<string> {
  await admins.getByText('No open invites').waitFor();
  await admins.getByRole('button', { name: 'Invite a person' }).click();
  const form = admins.getByRole('dialog', { name: 'Invite a person' });
  await form.getByLabel('Name').fill('dee@example.org');
  await form.getByLabel('Role').selectOption('viewer');
  await form.getByLabel('Dollars per day').fill('2.50');
  await form.getByRole('button', { name: 'Create link' }).click();
  await form.getByText('MOOSE_SIGN_IN_ALLOW').waitFor();
  await form.getByLabel('Name').fill('dee');
  await form.getByText('MOOSE_SIGN_IN_ALLOW').waitFor({ state: 'detached' });
  await seeAt(admins, 'invite-form');
  await form.getByRole('button', { name: 'Create link' }).click();
  const shown = admins.getByRole('dialog', { name: 'Invite of dee' });
  const link = await shown.getByLabel('Link').inputValue();
  await seeAt(admins, 'invite-link');
  await shown.getByRole('button', { name: 'Done' }).click();
  await admins.getByRole('button', { name: 'Revoke the invite of dee' }).waitFor();
  await seeAt(admins, 'invite-list');
  return link;
}

/** Whoever comes later is told that the link was used; a page without a link says so. */
async function comesLater({ page }: OpenedPage): Promise<void> {
  await page.getByRole('button', { name: 'Accept and sign in' }).click();
  await page.getByText('This invite was already used.', { exact: false }).waitFor();
  expect(await page.getByRole('button', { name: 'Accept and sign in' }).count()).toBe(0);
  await seeAt(page, 'invite-used');
  await page.goto(`${at.url}/invite#wrong`);
  await page.getByText('This is not the link of an invite.').waitFor();
  await page.reload();
  await page.getByText('Open the link of your invite again', { exact: false }).waitFor();
  await seeAt(page, 'invite-without-link');
}

test('R-UI-6, R-SEC-1: a person opens the link of an admin, presses one button, and is signed in', async () => {
  const admins = await at.see('/settings?group=people');
  const link = await linkOf(admins.page);
  expect(link.startsWith(`${at.url}/invite#`)).toBe(true);

  // Opening the link, in as many browsers as there are, takes nothing away.
  const scanner = await at.chromium.open();
  await scanner.page.goto(link);
  await scanner.page.getByRole('button', { name: 'Accept and sign in' }).waitFor();

  const dees = await at.chromium.open();
  const { page } = dees;
  const asked: string[] = [];
  page.on('request', (request) => asked.push(`${request.url()} ${request.headers().referer ?? ''}`));
  await page.goto(link);
  await page.getByRole('heading', { name: 'Invite to Moose' }).waitFor();
  await page.getByText(new URL(at.url).host).waitFor();
  await page.getByText('Can view everything and change nothing.').waitFor();
  // The secret is neither in the address nor in the history any more, and was in no address that was asked for.
  expect(page.url()).toBe(`${at.url}/invite`);
  const secret = link.split('#')[1] ?? '';
  expect(asked.filter((each) => each.includes(secret))).toEqual([]);
  expect(await findBarriers(page)).toEqual([]);
  await seeAt(page, 'invite-offer');
  await page.getByRole('button', { name: 'Accept and sign in' }).click();
  await page.getByRole('heading', { name: 'You are signed in as dee' }).waitFor();
  expect(await page.getByLabel('Your token').inputValue()).toMatch(/^moose_[\w-]{43}$/);
  expect(await findBarriers(page)).toEqual([]);
  await seeAt(page, 'invite-accepted');
  await page.getByRole('button', { name: 'Open Mission Control' }).click();
  await page.getByRole('navigation').first().waitFor();
  expect(await actorOf(page)).toBe('human:dee viewer');
  expect([...admins.errors.filter((each) => !each.includes('400')), ...dees.errors]).toEqual([]);

  await comesLater(scanner);
  await admins.page.reload();
  await admins.page.getByText('1 accepted, expired or revoked').click();
  await seeAt(admins.page, 'invite-list-accepted');
}, 240_000);
