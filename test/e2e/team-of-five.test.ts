// A team of five on one real server: two sign in at an OpenID Connect provider, three with tokens. Their roles hold, a
// question is answered from Slack, and nobody spends more than their limit.
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import {
  type Browser,
  newBrowser,
  type ProviderGround,
  startProvider,
} from '../../src/api/oidc-ground.fixture.ts';
import { type Serving, serve } from '../../src/app/serve.ts';
import type { EscalationCard, Limits, WorkOrder } from '../../src/contract/contract.ts';
import { type FaultServer, startFaultServer } from '../fault-server.ts';
import { eventually } from './eventually.fixture.ts';
import { type Ground, openGround } from './ground.fixture.ts';
import { makeRepository } from './repository.fixture.ts';

const signingSecret = '8f742231b10e8888abcd99yyyzzz85a5';
const forbidden = 403;

interface Answer<T> {
  status: number;
  body: T;
}
type Call = <T = Record<string, unknown>>(method: string, path: string, body?: unknown) => Promise<Answer<T>>;

let ground: Ground | undefined;
let serving: Serving | undefined;
let slack: FaultServer | undefined;
afterAll(async () => {
  await serving?.close();
  await ground?.close();
  await slack?.stop();
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** The server, as `moose up` starts it with these variables. */
async function startServer() {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const provider = await startProvider([`${url}/api/session/oidc/callback`]);
  slack = await startFaultServer({ kind: 'reply', status: 200 });
  ground = await openGround({
    MOOSE_BASE_URL: url,
    MOOSE_OIDC_ISSUER: provider.issuer,
    MOOSE_OIDC_CLIENT_ID: provider.clientId,
    MOOSE_OIDC_CLIENT_SECRET: provider.clientSecret,
    MOOSE_SIGN_IN_ALLOW: 'group:leads=admin,@example.org=operator',
    MOOSE_SLACK_WEBHOOK_URL: `${slack.url}/hook`,
    MOOSE_SLACK_SIGNING_SECRET: signingSecret,
    MOOSE_SLACK_PEOPLE: 'U0CAY=cay,U0DEE=dee',
  });
  serving = await serve(ground.opened, ground.config, { version: '0.0.0', port, worker: () => null });
  return { url, provider, slack, ground };
}

async function answerOf<T>(response: Response): Promise<Answer<T>> {
  const text = await response.text();
  return { status: response.status, body: (text === '' ? null : JSON.parse(text)) as T };
}

const withToken =
  (url: string, token: string): Call =>
  async (method, path, body) =>
    answerOf(
      await fetch(`${url}${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    );

async function signedIn(
  url: string,
  provider: ProviderGround,
  person: ProviderGround['person'],
): Promise<Call> {
  provider.person = { email_verified: true, ...person };
  const browser = newBrowser();
  const { url: back } = await browser.follow(`${url}/api/session/oidc`, (next) =>
    next.startsWith(`${url}/api/session/oidc/callback`),
  );
  expect((await browser.visit(back)).status).toBe(303);
  return inBrowser(url, browser);
}

/** With a token, as the sign-in page and the command line do. */
async function signedInWith(url: string, token: string): Promise<Call> {
  const call = inBrowser(url, newBrowser());
  expect((await call('POST', '/api/session', { token })).status).toBe(200);
  return call;
}

function inBrowser(url: string, browser: Browser): Call {
  return async (method, path, body) =>
    answerOf(
      await browser.visit(`${url}${path}`, {
        method,
        headers: { origin: url, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    );
}

/** What nobody may have changed. */
async function everything({ opened: { database } }: Ground) {
  const { query } = database;
  return {
    config: await query.selectFrom('systemConfig').selectAll().orderBy('key').execute(),
    limits: await query.selectFrom('spendingLimits').selectAll().orderBy('subject').execute(),
    tokens: await query.selectFrom('apiTokens').select(['id', 'role', 'revokedAt']).orderBy('id').execute(),
    projects: await query.selectFrom('projects').selectAll().orderBy('id').execute(),
    orders: await query.selectFrom('workOrders').select(['id', 'status']).orderBy('id').execute(),
  };
}

/** The request that Slack sends when this member presses the button. */
function press(url: string, user: string, value: string): Promise<Response> {
  const body = new URLSearchParams({
    payload: JSON.stringify({
      type: 'block_actions',
      user: { id: user, username: 'somebody', team_id: 'T0MOOSE' },
      container: { type: 'message', message_ts: '1700000000.000100', channel_id: 'C0MOOSE' },
      response_url: `${slack?.url}/actions/T0MOOSE/1/abc`,
      actions: [
        { type: 'button', block_id: 'b', action_id: 'moose-0', action_ts: '1700000001.000200', value },
      ],
    }),
  }).toString();
  const at = String(Math.floor(Date.now() / 1_000));
  const mac = createHmac('sha256', signingSecret).update(`v0:${at}:${body}`).digest('hex');
  return fetch(`${url}/api/slack/actions`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': at,
      'x-slack-signature': `v0=${mac}`,
    },
  });
}

test('R-UI-6, R-ESC-7, R-BUD-1: five people work on one server, each within their role and their limit', async () => {
  const { url, provider, slack: channel, ground: place } = await startServer();
  const ada = await signedIn(url, provider, { sub: 'a-1', email: 'ada@example.org', groups: ['leads'] });
  const bob = await signedIn(url, provider, { sub: 'b-2', email: 'bob@example.org' });
  const byToken = async (name: string, role: string) => {
    const made = await ada<{ token: string }>('POST', '/api/tokens', { name, role, person: name });
    expect(made.status).toBe(201);
    return { call: await signedInWith(url, made.body.token), program: withToken(url, made.body.token) };
  };
  const [cays, dees, eves] = [
    await byToken('cay', 'operator'),
    await byToken('dee', 'viewer'),
    await byToken('eve', 'operator'),
  ];
  const [cay, dee, eve] = [cays.call, dees.call, eves.call];
  const team = { ada, bob, cay, dee, eve };
  const seen = await Promise.all(
    Object.values(team).map(async (call) => (await call('GET', '/api/me')).body),
  );
  expect(seen.map(({ actor, role, is_person }) => [actor, role, is_person])).toEqual([
    ['human:ada@example.org', 'admin', true],
    ['human:bob@example.org', 'operator', true],
    ['human:cay', 'operator', true],
    ['human:dee', 'viewer', true],
    ['human:eve', 'operator', true],
  ]);

  // The admin makes the project; the others only name it.
  const repository = await makeRepository(join(place.directory, 'shop'));
  expect((await ada('POST', '/api/projects', { repository, name: 'shop' })).status).toBeLessThan(300);
  const checks = [{ kind: 'test', command: 'true' }];
  expect((await ada('PATCH', '/api/projects/shop', { checks })).status).toBe(200);
  const submit = async (call: Call, title: string) => {
    const sent = await call<{ work_order: WorkOrder }>('POST', '/api/work-orders', {
      title,
      project: 'shop',
    });
    expect(sent.status, JSON.stringify(sent.body)).toBe(201);
    return sent.body.work_order;
  };
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
    ['PUT', '/api/settings/budget.daily_limit_usd', { value: 1_000 }],
    ['PATCH', '/api/projects/shop', { limit_usd: null }],
    ['DELETE', '/api/projects/shop'],
    ['POST', '/api/work-orders', { title: 'Runs a command', project: 'shop', checks }],
  ];
  const forOperators: Array<[string, string, unknown?]> = [
    ['POST', '/api/work-orders', { title: 'By a viewer', project: 'shop' }],
    ['POST', `/api/work-orders/${first.id}/retry`, {}],
    ['POST', `/api/work-orders/${first.id}/cancel`, {}],
  ];
  for (const who of ['bob', 'cay', 'eve', 'dee'] as const)
    for (const [method, path, body] of who === 'dee' ? [...forAdmins, ...forOperators] : forAdmins)
      expect([who, method, path, (await team[who](method, path, body)).status]).toEqual([
        who,
        method,
        path,
        forbidden,
      ]);
  expect(await everything(place)).toEqual(before);

  // Cay may spend next to nothing; who asks is counted, whoever they are signed in as.
  const tiny = 0.000_001;
  expect((await ada('PUT', '/api/limits', { person: 'cay', daily_usd: tiny })).status).toBe(200);
  const stopped = await submit(cay, 'Costs too much');
  const refused = await place.settled(stopped.id);
  expect(refused.failure).toMatchObject({ code: 'BUDGET_EXCEEDED' });
  expect(refused.failure?.message).toContain('the limit of cay for today');
  expect(place.callsFor(stopped.id)).toBe(0);
  // The same token in the hands of a program is cay's too.
  const byProgram = await submit(cays.program, 'By a program');
  expect(byProgram.requested_by).toBe('human:cay');
  expect((await place.settled(byProgram.id)).failure).toMatchObject({ code: 'BUDGET_EXCEEDED' });
  expect((await cays.program('POST', `/api/work-orders/${byProgram.id}/cancel`)).status).toBeLessThan(300);
  const free = await submit(eve, 'Costs what it costs');
  expect(await place.settled(free.id)).toMatchObject({ status: 'completed' });

  // The question is cay's, and says so in Slack.
  const question = await eventually(async () => {
    const { body } = await cay<{ items: EscalationCard[] }>('GET', '/api/escalations?owner=cay');
    expect(body.items).toHaveLength(1);
    return body.items[0] as EscalationCard;
  });
  expect(question).toMatchObject({ owner: 'cay', work_order_id: stopped.id });
  const retry = question.options.find(({ kind }) => kind === 'retry');
  const value = JSON.stringify({ escalation: question.id, option: retry?.id });
  await eventually(async () => {
    const told = channel.requests.map(({ body }) => body).join('\n');
    expect(told).toContain(JSON.stringify(value).slice(1, -1));
    expect(told).toContain('cay');
  });

  // A viewer and a stranger press first, and nothing happens; then the limit is raised, and cay answers.
  for (const user of ['U0DEE', 'U0MALLORY']) await press(url, user, value);
  const open = await cay<EscalationCard>('GET', `/api/escalations/${question.id}`);
  expect(open.body).toMatchObject({ status: 'open', resolved_by: null });
  expect((await ada('PUT', '/api/limits', { person: 'cay', daily_usd: 5 })).status).toBe(200);
  expect((await press(url, 'U0CAY', value)).status).toBe(200);
  expect((await cay<EscalationCard>('GET', `/api/escalations/${question.id}`)).body).toMatchObject({
    resolved_by: 'human:cay',
  });
  expect(await place.settled(stopped.id)).toMatchObject({ status: 'completed' });

  // The project has a limit too, for all of them; what was spent before counts.
  expect(
    (await ada('PUT', '/api/limits', { project: 'shop', daily_usd: tiny, monthly_usd: 50 })).status,
  ).toBe(200);
  const late = await submit(bob, 'After the limit of the project');
  expect((await place.settled(late.id)).failure?.message).toContain("its project's limit for today");
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
  ])
    expect(acts).toContain(act);
}, 180_000);
