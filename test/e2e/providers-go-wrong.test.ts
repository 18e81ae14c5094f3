// A provider is unavailable, out of quota, or silent. No work order is blamed or charged for that. They wait, one
// question is asked for all of them, and they continue by themselves when the provider is back (R-REC-2, R-REC-6,
// R-ESC-5).
import { afterEach, expect, test } from 'vitest';
import type { ScriptedAnswer } from '../../src/demo/scripted-answer.ts';
import { eventually } from './eventually.fixture.ts';
import { type Ground, openGround, writes } from './ground.fixture.ts';
import { leftovers, nothing } from './nothing-left.fixture.ts';

const html = {
  status: 200,
  body: '<!doctype html><title>Proxy</title>',
  headers: { 'content-type': 'text/html' },
};
const failing = (status: number, message = 'No.', headers = {}) => ({
  status,
  body: { error: { message } },
  headers,
});

let ground: Ground;
afterEach(() => ground.close());

const quick = { MOOSE_CIRCUIT_RECOVERY_MS: '400', MOOSE_PAUSE_MS: '50' };
/** Only for silent providers: on a busy machine, a real answer takes longer than this. */
const impatient = { ...quick, MOOSE_MODEL_TIMEOUT_MS: '500' };

async function pausedRuns() {
  return ground.opened.database.query
    .selectFrom('runs')
    .select(['workOrderId', 'pausedBy'])
    .where('pausedBy', 'is not', null)
    .where('state', '=', 'running')
    .execute();
}

const outages = () =>
  ground.opened.database.query
    .selectFrom('escalations')
    .selectAll()
    .where('groupKey', 'like', 'outage:%')
    .orderBy('createdAt')
    .execute();

const members = () => ground.opened.database.query.selectFrom('escalationMembers').selectAll().execute();

/** The provider's answer, and the expected failure code. */
const faults: Array<[string, ScriptedAnswer, string]> = [
  ['HTTP 500', failing(500), 'MODEL_OVERLOADED'],
  ['HTTP 429', failing(429, 'Slower.', { 'retry-after': '0' }), 'MODEL_RATE_LIMITED'],
  ['HTTP 402', failing(402, 'no credit'), 'MODEL_QUOTA'],
  ['a page of HTML', html, 'MODEL_GARBLED'],
  ['with silence', { hangMs: 60_000 }, 'MODEL_TIMEOUT'],
  ['with a broken connection', { reset: true }, 'MODEL_UNREACHABLE'],
];

test.each(faults)(
  'R-REC-6: a provider that only answers %s: work orders wait, one question is asked, and they continue when it is back',
  async (_, fault, code) => {
    ground = await openGround(code === 'MODEL_TIMEOUT' ? impatient : quick);
    let isBack = false;
    const answer = () => (isBack ? writes('good.txt', 'Good\n') : fault);
    const orders = await Promise.all([1, 2, 3].map(() => ground.submit({ answer })));
    await eventually(async () => {
      expect((await members()).filter(({ leftAt }) => leftAt === null)).toHaveLength(orders.length);
      expect(await outages()).toMatchObject([{ groupKey: 'outage:provider:scripted', status: 'open' }]);
    });
    for (const { id } of orders) {
      const detail = await ground.opened.moose.show(id);
      expect(detail).toMatchObject({ status: 'in_progress', step: 'generating', failure: null });
      expect(detail.counters.refinement_cycles).toBe(0);
    }
    const errors = await ground.opened.database.query.selectFrom('errorEvents').select('errorType').execute();
    expect(new Set(errors.map(({ errorType }) => errorType))).toEqual(new Set([code]));
    isBack = true;
    for (const { id } of orders) {
      const detail = await ground.settled(id);
      expect(detail).toMatchObject({ status: 'completed', failure: null, escalation: null });
    }
    await eventually(async () => {
      const asked = await outages();
      expect(asked.every(({ status }) => status === 'withdrawn')).toBe(true);
      const open = await ground.opened.database.query
        .selectFrom('systemAlerts')
        .select('key')
        .where('resolvedAt', 'is', null)
        .execute();
      expect(open).toEqual([]);
    });
    expect(await pausedRuns()).toEqual([]);
    expect(await leftovers(ground.opened.database, ground.config.dataDirectory)).toEqual(nothing);
  },
);

test.each([
  ['a year', String(365 * 24 * 60 * 60)],
  ['until a date far away', 'Fri, 31 Dec 2100 23:59:59 GMT'],
])(
  'R-REC-6, R-ESC-5: fear: a provider asks for a long wait (%s), and Moose waits without a word to anybody',
  async (_, wish) => {
    ground = await openGround(quick);
    const { id } = await ground.submit({ answer: () => failing(429, 'Later.', { 'retry-after': wish }) });
    await eventually(async () => {
      expect(await outages()).toMatchObject([{ groupKey: 'outage:provider:scripted', status: 'open' }]);
    });
    expect(ground.callsFor(id)).toBeLessThanOrEqual(3);
    const [run] = await ground.opened.database.query.selectFrom('runs').selectAll().execute();
    const hours = ((run?.wakeAt?.getTime() ?? Number.NaN) - Date.now()) / 3_600_000;
    // The provider is called again once an hour, or a little later than that.
    expect(hours).toBeGreaterThan(0.9);
    expect(hours).toBeLessThan(1.3);
    await ground.opened.moose.cancel(id);
    expect(await ground.settled(id)).toMatchObject({ status: 'cancelled' });
  },
);

test('R-PIPE-13: one line says why a work order waits for a provider', async () => {
  ground = await openGround({ ...quick, MOOSE_PAUSE_MS: '60000' });
  const { id } = await ground.submit({ answer: () => failing(402, 'no credit') });
  await eventually(async () => expect(await pausedRuns()).toHaveLength(1));
  const { explain } = await ground.opened.moose.show(id);
  expect(explain).toMatch(
    /^Paused at generating for .* continues automatically when provider scripted works again/,
  );
  expect(explain).toContain('moose circuits provider:scripted');
  await ground.opened.moose.cancel(id);
  expect(await ground.settled(id)).toMatchObject({ status: 'cancelled' });
});
