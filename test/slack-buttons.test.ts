// Questions answered by buttons in Slack: the message that Slack gets, and the request that Slack sends, over real HTTP.
import { createHmac } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { apiGround } from '../src/api/api-ground.fixture.ts';
import type { ApiDeps } from '../src/api/request/api-deps.ts';
import type { EscalationCard } from '../src/contract/contract.ts';
import { parseAllowRule } from '../src/domain/people/sign-in-allow.ts';
import { admitLogin } from '../src/engine/access/admit-login.ts';
import { asking } from '../src/engine/questions/asking.fixture.ts';
import { createSlackNotifier } from '../src/notifiers/slack/notifier.ts';
import { replyInSlack } from '../src/notifiers/slack/reply.ts';
import { addToken, newToken, revokeToken } from '../src/store/access/api-tokens.ts';
import { startFaultServer } from './fault-server.ts';

const signingSecret = '8f742231b10e8888abcd99yyyzzz85a5';
const people = new Map([
  ['U0ADA', 'ada@example.org'],
  ['U0BOB', 'bob@example.org'],
  ['U0EVE', 'eve@example.org'],
]);

interface Button {
  type: string;
  action_id: string;
  value: string;
  style?: string;
  text: { text: string };
}

async function ground(status = 200, given: Partial<ApiDeps> = {}) {
  const slack = await startFaultServer({ kind: 'reply', status });
  onTestFinished(() => slack.stop());
  const made = await apiGround({ slack: { signingSecret, people, reply: replyInSlack }, ...given });
  const { database, server } = made;
  for (const [person, role] of [
    ['ada@example.org', 'operator'],
    ['bob@example.org', 'viewer'],
  ] as const)
    await addToken(database.query, newToken(), { name: person, role, createdBy: 'test', person });
  const send = (
    body: string,
    given: { secret?: string; ageS?: number; headers?: Record<string, string> } = {},
  ) => {
    const at = String(Math.floor(Date.now() / 1_000) - (given.ageS ?? 0));
    const mac = createHmac('sha256', given.secret ?? signingSecret).update(`v0:${at}:${body}`);
    return fetch(`${server.url}/api/slack/actions`, {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'x-slack-request-timestamp': at,
        'x-slack-signature': `v0=${mac.digest('hex')}`,
        ...given.headers,
      },
    });
  };
  /** Presses a button as Slack sends it. */
  const bodyOf = (user: string, button: Pick<Button, 'action_id' | 'value'>) =>
    new URLSearchParams({
      payload: JSON.stringify({
        type: 'block_actions',
        user: { id: user, username: 'somebody', name: 'somebody', team_id: 'T0MOOSE' },
        api_app_id: 'A0MOOSE',
        token: 'not-used-any-more',
        container: {
          type: 'message',
          message_ts: '1700000000.000100',
          channel_id: 'C0MOOSE',
          is_ephemeral: false,
        },
        trigger_id: '1.2.3',
        team: { id: 'T0MOOSE', domain: 'moose' },
        channel: { id: 'C0MOOSE', name: 'moose' },
        message: { type: 'message', text: 'A question', ts: '1700000000.000100', blocks: [] },
        response_url: `${slack.url}/actions/T0MOOSE/1/abc`,
        actions: [{ ...button, type: 'button', block_id: 'b', action_ts: '1700000001.000200' }],
      }),
    }).toString();
  const question = async (id: string) => (await made.call(`/api/escalations/${id}`)).body as EscalationCard;
  const said = () => slack.requests.map(({ body }) => JSON.parse(body));
  return { ...made, slack, send, bodyOf, question, said };
}

const buttonsOf = (message: { blocks: Array<{ type: string; elements?: Button[] }> }) =>
  message.blocks.filter(({ type }) => type === 'actions').flatMap(({ elements = [] }) => elements);

const button = (escalation: string, option: string) => ({
  action_id: 'moose-0',
  value: JSON.stringify({ escalation, option }),
});

test('R-ESC-5: a question in Slack has a button for each option, and the button that a person presses answers it', async () => {
  const { slack, send, bodyOf, question, said, database } = await ground();
  const asked = await asking(database);
  const card = await question(asked.id);
  const { options, title, recommendedOption } = await asked.question();
  const notifier = createSlackNotifier({ url: `${slack.url}/hook`, hasButtons: true });
  await notifier.send(
    {
      key: '1',
      kind: 'escalation.opened',
      createdAt: new Date(),
      link: null,
      notice: {
        title,
        text: '',
        severity: 'high' as const,
        options,
        recommended: recommendedOption,
        path: `/escalations/${asked.id}`,
      },
    },
    new AbortController().signal,
  );
  const buttons = buttonsOf(said()[0]);
  expect(buttons.map(({ value }) => JSON.parse(value))).toEqual(
    card.options.map(({ id }) => ({ escalation: asked.id, option: id })),
  );
  expect(new Set(buttons.map(({ action_id }) => action_id)).size).toBe(buttons.length);
  expect(buttons.every(({ text }) => text.text.length <= 75)).toBe(true);
  const cancel = buttons.find(({ value }) => value.includes('"cancel"')) as Button;
  const body = bodyOf('U0ADA', cancel);
  const answer = await send(body);
  expect([answer.status, await answer.json()]).toEqual([200, { ok: true }]);
  const chosen = { chosen_option: 'cancel', resolved_by: 'human:ada@example.org' };
  expect(await question(asked.id)).toMatchObject(chosen);
  expect(said()[1]).toMatchObject({
    response_type: 'in_channel',
    replace_original: false,
    text: expect.stringContaining('ada@example.org chose: '),
  });
  // The same request again changes nothing, and neither does another button.
  await send(body);
  await send(bodyOf('U0ADA', button(asked.id, 'retry')));
  expect(said()[3]).toMatchObject({
    response_type: 'ephemeral',
    text: expect.stringContaining('already answered'),
  });
  expect(await question(asked.id)).toMatchObject(chosen);
  const audit = await database.query.selectFrom('auditLog').select(['actor', 'act']).execute();
  expect(audit).toContainEqual({ actor: 'human:ada@example.org', act: 'escalation.answer' });
});

test('without a signing secret, messages have no buttons, and presses are refused', async () => {
  const { slack, said } = await ground();
  const options = [
    {
      id: 'retry',
      label: 'Retry',
      command: 'moose',
      costNanoUsd: null,
      risk: 'low',
      chance: null,
      chanceOf: 0,
    },
  ];
  const notice = {
    title: 'A',
    text: '',
    severity: 'low' as const,
    options: options as never,
    path: '/escalations/1',
  };
  const delivery = { key: '1', kind: 'escalation.opened', createdAt: new Date(), link: null, notice };
  await createSlackNotifier({ url: slack.url }).send(delivery, new AbortController().signal);
  expect(buttonsOf(said()[0])).toEqual([]);
  const { server } = await apiGround();
  const answer = await fetch(`${server.url}/api/slack/actions`, { method: 'POST', body: 'payload={}' });
  expect([answer.status, await answer.json()]).toMatchObject([409, { code: 'SLACK_NOT_CONFIGURED' }]);
});

test('R-SEC-1: two people press different buttons at the same time: one answer counts', async () => {
  const { send, bodyOf, question, said, database } = await ground();
  const { id } = await asking(database);
  await Promise.all(['cancel', 'retry'].map((option) => send(bodyOf('U0ADA', button(id, option)))));
  const kinds = said().map(({ response_type }) => response_type);
  expect(kinds.sort()).toEqual(['ephemeral', 'in_channel']);
  expect(['cancel', 'retry']).toContain((await question(id)).chosen_option);
});

test('R-SEC-1: a request that Slack has not signed just now is refused, and answers nothing', async () => {
  const { send, bodyOf, question, slack, database } = await ground();
  const { id } = await asking(database);
  const body = bodyOf('U0ADA', button(id, 'cancel'));
  const attempts: Array<Parameters<typeof send>[1]> = [
    { secret: 'another' },
    { ageS: 301 },
    // Some time passes until it is read.
    { ageS: -360 },
    { headers: { 'x-slack-signature': '' } },
    { headers: { 'x-slack-signature': 'v0=' } },
    { headers: { 'x-slack-request-timestamp': '0' } },
    { headers: { 'x-slack-request-timestamp': 'now' } },
    { headers: { 'x-slack-request-timestamp': String(Math.floor(Date.now() / 1_000) - 20) } },
  ];
  for (const attempt of attempts) {
    const answer = await send(body, attempt);
    expect([answer.status, await answer.json()]).toMatchObject([401, { code: 'SLACK_SIGNATURE_INVALID' }]);
  }
  expect(slack.requests).toEqual([]);
  expect((await question(id)).chosen_option).toBeNull();
});

test('the role of the person counts, and a person who is unknown, has no role or was revoked answers nothing', async () => {
  const { send, bodyOf, question, said, database } = await ground();
  const { id } = await asking(database);
  const press = (user: string, option = 'cancel') => send(bodyOf(user, button(id, option)));
  for (const user of ['U0BOB', 'U0EVE', 'U0NOBODY']) expect((await press(user)).status).toBe(200);
  await press('U0ADA', 'no-such-option');
  await press('U0ADA', 'raise_daily_limit');
  const ada = await database.query
    .selectFrom('apiTokens')
    .select('id')
    .where('name', '=', 'ada@example.org')
    .execute();
  await database.transaction((query) => revokeToken(query, ada[0]?.id ?? ''));
  await press('U0ADA');
  expect(said().map(({ response_type }) => response_type)).toEqual(Array(6).fill('ephemeral'));
  expect(said()[0].text).toContain('requires the role operator, which bob@example.org does not have');
  expect(said()[4].text).toContain('requires the role admin, which ada@example.org does not have');
  expect(said()[2].text).toContain('U0NOBODY=');
  expect((await question(id)).chosen_option).toBeNull();
});

test('what is signed but is not a press of a button is refused, and Slack that is away loses no answer', async () => {
  const { send, bodyOf, question, database, recorded } = await ground(500);
  const { id } = await asking(database);
  for (const body of [
    '',
    'payload=%7B',
    'payload=%7B%7D',
    'a=b',
    bodyOf('U0ADA', { action_id: 'x', value: '{}' }),
  ])
    expect((await send(body)).status).toBe(400);
  expect((await send(bodyOf('U0ADA', button(id, 'cancel')))).status).toBe(200);
  expect((await question(id)).chosen_option).toBe('cancel');
  expect(recorded).toEqual(['NOTICE_NOT_DELIVERED']);
});

test('fear: a defect of Moose is told in Slack, with its details, and nowhere else', async () => {
  const mooseFor = () => {
    throw new TypeError('Cannot read postgres://moose:secret@db/moose');
  };
  const { send, bodyOf, said, database, recorded } = await ground(200, { mooseFor });
  const { id } = await asking(database);
  expect((await send(bodyOf('U0ADA', button(id, 'cancel')))).status).toBe(200);
  expect(said()).toMatchObject([{ response_type: 'ephemeral' }]);
  expect(JSON.stringify(said())).not.toContain('postgres://');
  expect(recorded).toEqual(['UNEXPECTED']);
});

test('R-SEC-1: fear: whoever may no longer sign in at the provider still answers in Slack', async () => {
  const allow = ['eve@example.org=operator'].flatMap((word) => parseAllowRule(word) ?? []);
  const { database, send, bodyOf, question, said } = await ground(200, {
    signIn: { oidc: null, proxy: null, allow },
  });
  const eve = { email: 'eve@example.org', issuer: 'https://login', subject: '7', groups: [], way: 'oidc' };
  await admitLogin(database, eve, allow, new AbortController().signal);
  const asked = await asking(database);
  // As after a restart with other rules.
  const [rule] = allow.splice(0);
  await send(bodyOf('U0EVE', button(asked.id, 'cancel')));
  expect(said()).toMatchObject([{ text: expect.stringContaining('requires the role operator') }]);
  expect(await question(asked.id)).toMatchObject({ chosen_option: null });
  if (rule) allow.push(rule);
  await send(bodyOf('U0EVE', button(asked.id, 'cancel')));
  expect(await question(asked.id)).toMatchObject({ resolved_by: 'human:eve@example.org' });
});
