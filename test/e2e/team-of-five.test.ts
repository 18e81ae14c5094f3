// A team of five on one real server: their roles hold, a question is answered from Slack, and nobody spends more than
// their limit. The tests continue each other.
import { afterAll, expect, test } from 'vitest';
import type { EscalationCard, Limits } from '../../src/contract/contract.ts';
import { eventually } from './eventually.fixture.ts';
import { everything, openTeam, type Team } from './team.fixture.ts';

const forbidden = 403;
/** Less than a single work order needs. */
const tiny = 0.000_001;

let team: Team;
afterAll(() => team?.close());

test('R-SEC-1: five people sign in, and none of them can do or change what their role does not allow', async () => {
  team = await openTeam();
  const { place, shop, checks, submit } = team;
  const { ada, bob } = team.people;
  const seen = await Promise.all(
    Object.values(team.people).map(async (call) => (await call('GET', '/api/me')).body),
  );
  expect(seen.map(({ actor, role, is_person }) => [actor, role, is_person])).toEqual([
    ['human:ada@example.org', 'admin', true],
    ['human:bob@example.org', 'operator', true],
    ['human:cay', 'operator', true],
    ['human:dee', 'viewer', true],
    ['human:eve', 'operator', true],
  ]);
  const first = await submit(bob, 'Add a note');
  expect(first.requested_by).toBe('human:bob@example.org');
  expect(await place.settled(first.id)).toMatchObject({ status: 'completed' });

  // Each tries what they may not.
  const { body: tokens } = await ada<{ items: Array<{ id: string; name: string }> }>('GET', '/api/tokens');
  const adas = tokens.items.find(({ name }) => name === 'ada@example.org')?.id;
  const before = await everything(place);
  const forAdmins: Array<[string, string, unknown?]> = [
    ['PUT', '/api/limits', { daily_usd: 1_000 }],
    ['PUT', '/api/limits', { person: 'bob@example.org', daily_usd: 1_000 }],
    ['PUT', '/api/limits', { project: 'shop', daily_usd: 1_000 }],
    ['GET', '/api/tokens'],
    ['POST', '/api/tokens', { name: 'mine', role: 'admin', person: 'bob@example.org' }],
    ['DELETE', `/api/tokens/${adas}`],
    ['GET', '/api/invites'],
    ['POST', '/api/invites', { person: 'mallory', role: 'viewer' }],
    ['PUT', '/api/settings/budget.daily_limit_usd', { value: 1_000 }],
    ['PATCH', shop, { limit_usd: null }],
    ['DELETE', shop],
    ['POST', '/api/work-orders', { title: 'Runs a command', project: 'shop', checks }],
  ];
  const forOperators: Array<[string, string, unknown?]> = [
    ['POST', '/api/work-orders', { title: 'By a viewer', project: 'shop' }],
    ['POST', `/api/work-orders/${first.id}/retry`, {}],
    ['POST', `/api/work-orders/${first.id}/cancel`, {}],
  ];
  for (const who of ['bob', 'cay', 'eve', 'dee'] as const)
    for (const [method, path, body] of who === 'dee' ? [...forAdmins, ...forOperators] : forAdmins)
      expect([who, method, path, (await team.people[who](method, path, body)).status]).toEqual([
        who,
        method,
        path,
        forbidden,
      ]);
  expect(await everything(place)).toEqual(before);
});

test('R-BUD-1, R-ESC-7: a person at their limit spends nothing, owns the question, and answers it in Slack', async () => {
  const { place, submit, press, channel, cayByProgram } = team;
  const { ada, cay, eve } = team.people;
  // Cay may spend next to nothing; who asks is counted, whoever they are signed in as.
  expect((await ada('PUT', '/api/limits', { person: 'cay', daily_usd: tiny })).status).toBe(200);
  const stopped = await submit(cay, 'Costs too much');
  const explained = async (id: string) => (await place.opened.moose.show(id)).explain;
  await expect.poll(() => explained(stopped.id)).toMatch(/^Waiting for money .*the limit of cay for today/);
  expect(place.callsFor(stopped.id)).toBe(0);
  // The same token in the hands of a program is cay's too.
  const byProgram = await submit(cayByProgram, 'By a program');
  expect(byProgram.requested_by).toBe('human:cay');
  await expect.poll(() => explained(byProgram.id)).toMatch(/^Waiting for money .*the limit of cay for today/);
  expect((await cayByProgram('POST', `/api/work-orders/${byProgram.id}/cancel`, {})).status).toBeLessThan(
    300,
  );
  const free = await submit(eve, 'Costs what it costs');
  expect(await place.settled(free.id)).toMatchObject({ status: 'completed' });

  // The question is cay's, and says so in Slack.
  const question = await eventually(async () => {
    const { body } = await cay<{ items: EscalationCard[] }>('GET', '/api/escalations?owner=cay');
    const found = body.items.find(({ code }) => code === 'MONEY_AWAITED');
    expect(found).toBeDefined();
    return found as EscalationCard;
  });
  expect(question.owner).toBe('cay');
  const wait = question.options.find(({ kind }) => kind === 'wait');
  const value = JSON.stringify({ escalation: question.id, option: wait?.id });
  await eventually(async () => {
    const told = channel.requests.map(({ body }) => body).join('\n');
    expect(told).toContain(JSON.stringify(value).slice(1, -1));
    expect(told).toContain('cay');
  });

  // A viewer and a stranger press first, and nothing happens; then cay answers, and the limit is raised.
  for (const user of ['U0DEE', 'U0MALLORY']) await press(user, value);
  const open = await cay<EscalationCard>('GET', `/api/escalations/${question.id}`);
  expect(open.body).toMatchObject({ status: 'open', resolved_by: null });
  expect((await press('U0CAY', value)).status).toBe(200);
  expect((await cay<EscalationCard>('GET', `/api/escalations/${question.id}`)).body).toMatchObject({
    resolved_by: 'human:cay',
  });
  expect((await ada('PUT', '/api/limits', { person: 'cay', daily_usd: 5 })).status).toBe(200);
  expect(await place.settled(stopped.id)).toMatchObject({ status: 'completed' });
});

test("R-BUD-1: a project's limit stops everybody in it, everybody sees the limits, and the audit log who set them", async () => {
  const { place, submit } = team;
  const { ada, bob, dee } = team.people;
  // The project has a limit too, for all of them; what was spent before counts.
  expect(
    (await ada('PUT', '/api/limits', { project: 'shop', daily_usd: tiny, monthly_usd: 50 })).status,
  ).toBe(200);
  const late = await submit(bob, 'After the limit of the project');
  await expect
    .poll(async () => (await place.opened.moose.show(late.id)).explain)
    .toMatch(/^Waiting for money .*its project's limit for today/);
  const { body: shown } = await dee<Limits>('GET', '/api/limits');
  const rows = shown.limits.map(({ kind, name, used_usd, limit_usd }) => [
    kind,
    name,
    used_usd > 0,
    limit_usd,
  ]);
  expect(rows).toEqual([
    ['system', null, true, 100],
    ['system', null, true, 500],
    ['person', 'cay', true, 5],
    ['project', 'shop', true, tiny],
    ['project', 'shop', true, 50],
  ]);
  expect(await place.opened.moose.checkBudget()).toEqual([]);

  // Everything is in the audit log under the name of the person who did it.
  const { body: audit } = await ada<{ items: Array<{ actor: string; act: string }> }>(
    'GET',
    '/api/audit?limit=200',
  );
  const acts = new Set(audit.items.map(({ actor, act }) => `${actor} ${act}`));
  for (const act of [
    'human:ada@example.org limits.change',
    'human:cay escalation.answer',
    'human:bob@example.org login.create',
    'human:ada@example.org invite.create',
    'human:eve invite.accept',
  ])
    expect(acts).toContain(act);
});
