// For tests: a team of five on one real server. Two sign in at a real OpenID Connect provider, two with tokens, and one comes by an invite.
import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import { expect } from 'vitest';
import {
  type Browser,
  newBrowser,
  type ProviderGround,
  startProvider,
} from '../../src/api/oidc-ground.fixture.ts';
import { serve } from '../../src/app/serve.ts';
import type { WorkOrder } from '../../src/contract/contract.ts';
import { type FaultServer, startFaultServer } from '../fault-server.ts';
import { freePort } from '../free-port.ts';
import { type Ground, openGround } from './ground.fixture.ts';
import { makeRepository } from './repository.fixture.ts';

const signingSecret = '8f742231b10e8888abcd99yyyzzz85a5';

interface Answer<T> {
  status: number;
  body: T;
}
export type Call = <T = Record<string, unknown>>(
  method: string,
  path: string,
  body?: unknown,
) => Promise<Answer<T>>;

/** The server, as `moose up` starts it with these variables. */
async function startServer() {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const provider = await startProvider([`${url}/api/session/oidc/callback`]);
  const slack = await startFaultServer({ kind: 'reply', status: 200 });
  const ground = await openGround({
    MOOSE_BASE_URL: url,
    MOOSE_OIDC_ISSUER: provider.issuer,
    MOOSE_OIDC_CLIENT_ID: provider.clientId,
    MOOSE_OIDC_CLIENT_SECRET: provider.clientSecret,
    MOOSE_SIGN_IN_ALLOW: 'group:leads=admin,@example.org=operator',
    MOOSE_SLACK_WEBHOOK_URL: `${slack.url}/hook`,
    MOOSE_SLACK_SIGNING_SECRET: signingSecret,
    MOOSE_SLACK_PEOPLE: 'U0CAY=cay,U0DEE=dee',
  });
  const serving = await serve(ground.opened, ground.config, { version: '0.0.0', port, worker: () => null });
  const close = async () => {
    await serving.close();
    await ground.close();
    await slack.stop();
  };
  return { url, provider, slack, ground, close };
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
export async function everything({ opened: { database } }: Ground) {
  const { query } = database;
  return {
    config: await query.selectFrom('systemConfig').selectAll().orderBy('key').execute(),
    limits: await query.selectFrom('spendingLimits').selectAll().orderBy('subject').execute(),
    invites: await query.selectFrom('invites').selectAll().orderBy('id').execute(),
    tokens: await query.selectFrom('apiTokens').select(['id', 'role', 'revokedAt']).orderBy('id').execute(),
    projects: await query.selectFrom('projects').selectAll().orderBy('id').execute(),
    orders: await query.selectFrom('workOrders').select(['id', 'status']).orderBy('id').execute(),
  };
}

/** The request that Slack sends when this member presses the button. */
function press(
  { url, slack }: { url: string; slack: FaultServer },
  user: string,
  value: string,
): Promise<Response> {
  const body = new URLSearchParams({
    payload: JSON.stringify({
      type: 'block_actions',
      user: { id: user, username: 'somebody', team_id: 'T0MOOSE' },
      container: { type: 'message', message_ts: '1700000000.000100', channel_id: 'C0MOOSE' },
      response_url: `${slack.url}/actions/T0MOOSE/1/abc`,
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

export type Team = Awaited<ReturnType<typeof openTeam>>;

/** Call this in a test: the provider ends with it, the sessions do not. */
export async function openTeam() {
  const server = await startServer();
  const { url, provider, slack, ground: place, close } = server;
  const ada = await signedIn(url, provider, { sub: 'a-1', email: 'ada@example.org', groups: ['leads'] });
  const bob = await signedIn(url, provider, { sub: 'b-2', email: 'bob@example.org' });
  const byToken = async (name: string, role: string) => {
    const made = await ada<{ token: string }>('POST', '/api/tokens', { name, role, person: name });
    expect(made.status).toBe(201);
    return { call: await signedInWith(url, made.body.token), program: withToken(url, made.body.token) };
  };
  const cays = await byToken('cay', 'operator');
  const { call: dee } = await byToken('dee', 'viewer');
  // Eve comes by an invite.
  const invited = await ada<{ link: string }>('POST', '/api/invites', {
    person: 'eve',
    role: 'operator',
    expires_in_ms: 3_600_000,
  });
  expect(invited.status).toBe(201);
  const eve = inBrowser(url, newBrowser());
  const secret = new URL(invited.body.link).hash.slice(1);
  expect((await eve('POST', '/api/session/invite', { secret })).status).toBe(200);
  // The admin makes the project; the others only name it.
  const repository = await makeRepository(join(place.directory, 'shop'));
  const added = await ada<{ project: { id: string } }>('POST', '/api/projects', { repository, name: 'shop' });
  expect(added.status).toBeLessThan(300);
  const shop = `/api/projects/${added.body.project.id}`;
  const checks = [{ kind: 'test', command: 'true' }];
  expect((await ada('PATCH', shop, { checks })).status).toBe(200);
  return {
    people: { ada, bob, cay: cays.call, dee, eve },
    cayByProgram: cays.program,
    place,
    shop,
    checks,
    channel: slack,
    close,
    press: (user: string, value: string) => press(server, user, value),
    submit: async (call: Call, title: string): Promise<WorkOrder> => {
      const sent = await call<{ work_order: WorkOrder }>('POST', '/api/work-orders', {
        title,
        project: 'shop',
      });
      expect(sent.status, JSON.stringify(sent.body)).toBe(201);
      return sent.body.work_order;
    },
  };
}
