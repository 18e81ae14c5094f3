// A change that is green only by what it did to its tests, in Mission Control: what was found, the runs behind it, and what
// a person who accepts it sees afterwards.
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { WorkOrderDetail } from '../../src/contract/contract.ts';
import { findBarriers } from '../browser/find-barriers.ts';
import { sizes } from '../browser/open-chromium.ts';
import { type MissionControl, missionControl } from './mission-control.fixture.ts';
import { makeRepository } from './repository.fixture.ts';

let at: MissionControl;
beforeAll(async () => {
  at = await missionControl();
});
afterAll(() => at.close());

const seenMs = 90_000;
const tests = (call: string) => `const test = require('node:test');
const assert = require('node:assert');
const { double } = require('../src/double.js');
${call}('doubles two', () => assert.equal(double(2), 4));
test('doubles nothing', () => assert.equal(double(0), 0));
`;

test('R-GREEN-1, R-GREEN-9: the page names what was found and the runs behind it, and shows an accepted change as not verified', async () => {
  const repository = await makeRepository(join(at.farm.root, 'doubling'), {
    'package.json': JSON.stringify({ name: 'doubling', scripts: { test: 'node --test' } }),
    'src/double.js': 'exports.double = (n) => n * 3;\n',
    'test/double.test.js': tests('test'),
  });
  const title = 'Double the number';
  // It insists, each time with other words.
  at.answer(title, ({ attempt }) => {
    const content = `// Attempt ${attempt}\n${tests('test.skip')}`;
    return {
      plan: `Attempt ${attempt}.`,
      edits: [{ kind: 'write', path: 'test/double.test.js', content }],
      risks: [],
    };
  });
  const given = { title, repository_path: repository, checks: [{ kind: 'test', command: 'npm test' }] };
  const { body, status } = await at.call('POST', '/api/work-orders', given);
  expect({ status, body }).toMatchObject({ status: 201 });
  const { id } = (body as { work_order: { id: string } }).work_order;

  const seen = await at.see(`/work-orders/${id}?tab=checks`);
  const { page } = seen;
  const verdict = page.getByRole('region', { name: 'Verification' });
  await verdict.getByText(/^Not verified: /).waitFor({ timeout: seenMs });
  await verdict.getByText('refused').first().waitFor();
  await verdict.getByText('doubles two', { exact: true }).first().waitFor();
  await verdict.getByText(/^Checked again: /).click();
  await verdict
    .getByText(/with the tests and the configuration of the base/)
    .first()
    .waitFor();
  expect(await findBarriers(page)).toEqual([]);
  await page.setViewportSize(sizes.narrow);
  expect(await findBarriers(page)).toEqual([]);
  await page.setViewportSize(sizes.wide);

  await page.getByText('Accept').first().waitFor({ timeout: seenMs });
  const detail = async () => (await at.call('GET', `/api/work-orders/${id}`)).body as WorkOrderDetail;
  const { escalation_id: question } = await detail();
  const accepted = await at.call('POST', `/api/escalations/${question}/answer`, { option: 'accept' });
  expect(accepted).toMatchObject({ status: 202 });
  await verdict.getByText(/^Not verified: .* accepted it as it is/).waitFor({ timeout: seenMs });
  expect(await page.getByText('not verified', { exact: true }).first().isVisible()).toBe(true);
  expect(await detail()).toMatchObject({
    status: 'completed',
    verification: { is_verified: false, level: 'standard' },
  });
  if (process.env.MOOSE_SHOT) await page.screenshot({ path: process.env.MOOSE_SHOT, fullPage: true });
  expect(seen.errors).toEqual([]);
}, 300_000);
