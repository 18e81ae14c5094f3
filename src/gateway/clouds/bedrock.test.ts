// Agents speak Anthropic's protocol; the server speaks Bedrock's, checks signatures, and does what clouds do wrong.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { until } from '../../stdx/async/until.fixture.ts';
import { systemClock } from '../../stdx/clock.ts';
import { ask, callRows, theCall, theWindow } from '../gateway-ground.fixture.ts';
import { message, scriptedProvider, wholeMessage } from '../scripted-provider.fixture.ts';
import { chunkFrame } from './event-stream.fixture.ts';
import {
  awsKeys,
  bearerToken,
  bedrockGround,
  beginsEvents,
  model,
  streamEvents,
} from './scripted-bedrock.fixture.ts';

const shared = sharedDatabase();
const streamed = message({ model, stream: true });
const asked = message({ model });

test('R-BUD-3: a stream arrives as server-sent events, and is booked to the token', async () => {
  const database = shared();
  const ground = await bedrockGround(database);
  const headers = {
    'anthropic-version': '2023-06-01',
    'anthropic-beta': 'claude-code-20250219,interleaved-thinking-2025-05-14,context-1m-2025-08-07',
    'x-amzn-bedrock-service-tier': 'priority',
    'x-amzn-bedrock-performanceconfig-latency': 'optimized',
    'x-stainless-lang': 'js',
  };
  const thinking = { type: 'enabled', budget_tokens: 1_024 };
  const body = message({ model, stream: true, thinking, max_tokens: 2_000, service_tier: 'auto' });
  const reply = await ask(ground, { headers, body });
  const events = streamEvents() as { type: string }[];
  expect(reply).toMatchObject({
    status: 200,
    isWhole: true,
    body: events.map((each) => `event: ${each.type}\ndata: ${JSON.stringify(each)}\n\n`).join(''),
  });
  expect(reply.headers).toMatchObject({ 'content-type': 'text/event-stream', 'x-amzn-requestid': 'r-1' });
  const [received] = ground.bedrock.received;
  expect(received?.url).toBe(
    '/model/us.anthropic.claude-haiku-4-5-20251001-v1%3A0/invoke-with-response-stream',
  );
  expect(JSON.parse(received?.body ?? '')).toEqual({
    anthropic_version: 'bedrock-2023-05-31',
    anthropic_beta: ['interleaved-thinking-2025-05-14'],
    max_tokens: 2_000,
    thinking,
    messages: [{ role: 'user', content: 'Mend it' }],
  });
  expect(Object.keys(received?.headers ?? {}).sort()).toEqual([
    ...['accept-encoding', 'authorization', 'connection', 'content-length', 'content-type', 'host'],
    ...['x-amz-content-sha256', 'x-amz-date', 'x-amz-security-token'],
  ]);
  expect(JSON.stringify([received?.headers, received?.body])).not.toContain(ground.key.secret);
  expect(await theCall(database)).toMatchObject({
    status: 'settled',
    actualNanoUsd: 1_050_000n,
    inputTokens: 100n,
    outputTokens: 50n,
    model: `bedrock/${model}`,
    failure: null,
  });
});

test('an answer in one piece passes as it is', async () => {
  const ground = await bedrockGround(shared());
  expect(await ask(ground, { body: asked })).toMatchObject({
    status: 200,
    body: wholeMessage(),
    isWhole: true,
  });
  const [received] = ground.bedrock.received;
  expect(received?.url.endsWith('/invoke')).toBe(true);
  expect(await theCall(shared())).toMatchObject({ status: 'settled', actualNanoUsd: 1_050_000n });
});

test('an API key of Bedrock is sent as a bearer token', async () => {
  const ground = await bedrockGround(shared(), {
    access: { credentials: { kind: 'bearer', token: bearerToken } },
  });
  expect(await ask(ground, { body: asked })).toMatchObject({ status: 200 });
});

test('keys in a profile are read for each call, so renewed ones count', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'moose-aws-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const file = join(directory, 'credentials');
  const configFile = join(directory, 'config');
  const write = (token: string) =>
    writeFileSync(
      file,
      `[default]\naws_access_key_id=other\n\n[work]\naws_access_key_id = ${awsKeys.accessKeyId}\naws_secret_access_key=${awsKeys.secretAccessKey}\naws_session_token = ${token}\n`,
    );
  write('FwoGanexpiredsessiontoken');
  const ground = await bedrockGround(shared(), {
    access: { credentials: { kind: 'profile', file, configFile, profile: 'work' } },
  });
  const first = await ask(ground, { body: asked });
  expect(first).toMatchObject({ status: 403 });
  expect(first.body).toContain('The AWS session token has expired');
  write(awsKeys.sessionToken);
  expect(await ask(ground, { body: asked })).toMatchObject({ status: 200 });
});

/** Amazon's service that gives keys for a role, until this time. */
async function startTokens(untilMs: () => number) {
  const service = await scriptedProvider((request, reply) => {
    const until = new Date(untilMs()).toISOString();
    const keys = `<AccessKeyId>${awsKeys.accessKeyId}</AccessKeyId><SecretAccessKey>${awsKeys.secretAccessKey}</SecretAccessKey><SessionToken>${awsKeys.sessionToken}</SessionToken><Expiration>${until}</Expiration>`;
    expect(new URLSearchParams(request.body).get('Action')).toBe('AssumeRole');
    reply.writeHead(200, { 'content-type': 'text/xml' });
    reply.end(
      `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>${keys}</Credentials></AssumeRoleResult></AssumeRoleResponse>`,
    );
  });
  vi.stubEnv('AWS_ENDPOINT_URL_STS', service.url);
  onTestFinished(() => void vi.unstubAllEnvs());
  return service;
}

test('the keys of a role are asked for once, kept until shortly before their end, and then asked for again', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'moose-aws-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const [file, configFile] = [join(directory, 'credentials'), join(directory, 'config')];
  writeFileSync(file, '[base]\naws_access_key_id = AKIABASE\naws_secret_access_key = of-the-base\n');
  writeFileSync(configFile, '[profile work]\nrole_arn = arn:aws:iam::1:role/moose\nsource_profile = base\n');
  let now = Date.now();
  const clock = { ...systemClock, now: () => new Date(now) };
  const service = await startTokens(() => now + 60 * 60_000);
  const ground = await bedrockGround(shared(), {
    clock,
    serverNow: clock.now,
    access: { credentials: { kind: 'profile', file, configFile, profile: 'work' } },
  });
  const replies = await Promise.all([1, 2, 3].map(() => ask(ground, { body: asked })));
  expect(replies.map(({ status }) => status)).toEqual([200, 200, 200]);
  now += 54 * 60_000;
  expect(await ask(ground, { body: asked })).toMatchObject({ status: 200 });
  expect(service.received).toHaveLength(1);
  now += 2 * 60_000;
  expect(await ask(ground, { body: asked })).toMatchObject({ status: 200 });
  expect(service.received).toHaveLength(2);
});

test('a credential_process gives the keys', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'moose-aws-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const [file, configFile, printed] = ['credentials', 'config', 'printed'].map((name) =>
    join(directory, name),
  ) as [string, string, string];
  const { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken } = awsKeys;
  writeFileSync(printed, JSON.stringify({ Version: 1, AccessKeyId, SecretAccessKey, SessionToken }));
  writeFileSync(configFile, `[profile work]\ncredential_process = /bin/cat ${printed}\n`);
  const ground = await bedrockGround(shared(), {
    access: { credentials: { kind: 'profile', file, configFile, profile: 'work' } },
  });
  expect(await ask(ground, { body: asked })).toMatchObject({ status: 200 });
});

test.each([
  ['no file', null, 'gives no keys (Could not resolve credentials using profile: [work]'],
  ['no such profile', '[other]\n', 'gives no keys (Could not resolve credentials using profile: [work]'],
  ['a single sign-on that does not exist', '[work]\nsso_session = x\n', 'gives no keys'],
  [
    'a command that prints a secret and fails',
    '[work]\ncredential_process = /bin/sh -c "echo the-secret-of-somebody; exit 3"\n',
    'gives no keys (credential_process failed)',
  ],
])('with %s, nothing is sent and the error says what to do', async (_name, content, said) => {
  const database = shared();
  const directory = mkdtempSync(join(tmpdir(), 'moose-aws-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const file = join(directory, 'credentials');
  const configFile = join(directory, 'config');
  if (content !== null) writeFileSync(file, content);
  const ground = await bedrockGround(database, {
    access: { credentials: { kind: 'profile', file, configFile, profile: 'work' } },
  });
  const reply = await ask(ground, { body: asked });
  expect(reply).toMatchObject({ status: 401 });
  expect(reply.body).toContain(said);
  expect(reply.body).toContain('AWS_ACCESS_KEY_ID');
  expect(reply.body).not.toContain('the-secret-of-somebody');
  expect(ground.bedrock.received).toEqual([]);
  expect(await theWindow(database)).toMatchObject({ spentNanoUsd: 0n, presumedNanoUsd: 0n });
});

test.each([
  'arn:aws:bedrock:us-east-1:1:application-inference-profile/abc',
  'arn%3Aaws%3Abedrock%3Aus-east-1%3A%3Afoundation-model',
  'anthropic.claude-x/../../other',
  'anthropic.claude-x%2f..%2fother',
  'anthropic..claude-x',
  'anthropic.claude-x/converse',
  'anthropic.claude-x?a=b',
  'anthropic.claude-x#a',
  'amazon.nova-pro-v1:0',
  'ANTHROPIC.claude-x',
])('fear: the name of a model changes the path, or hides which model is billed: %s', async (name) => {
  const database = shared();
  const ground = await bedrockGround(database);
  const reply = await ask(ground, { body: message({ model: name, stream: true }) });
  expect(reply).toMatchObject({ status: 400 });
  expect(reply.body).toContain('not an ARN');
  expect(ground.bedrock.received).toEqual([]);
});

test('R-BUD-9: a model without a price is not called', async () => {
  const ground = await bedrockGround(shared(), { priceOf: async () => null });
  const reply = await ask(ground, { body: streamed });
  expect(reply).toMatchObject({ status: 400 });
  expect(reply.body).toContain(`The price of bedrock/${model} is unknown`);
  expect(ground.bedrock.received).toEqual([]);
});

test('tokens cannot be counted there, and asking is no failed call', async () => {
  const database = shared();
  const ground = await bedrockGround(database);
  const reply = await ask(ground, { path: '/v1/messages/count_tokens', body: asked });
  expect(reply).toMatchObject({ status: 404 });
  expect(await callRows(database)).toEqual([]);
});

test('R-BUD-2: a storm of calls never costs more than the envelope', async () => {
  const database = shared();
  let billed = 0n;
  // Each answer costs the whole limit: 1,000 output tokens at $15 a million, and its input.
  const ground = await bedrockGround(database, {
    nanoUsd: 200_000_000n,
    limits: { headroomMs: 200, outputTokensLeast: 1_000 },
    answer: (answer, { url }) => {
      billed += 15_000_000n + 300_000n;
      expect(url).toContain('/invoke');
      beginsEvents(answer);
      answer.end(Buffer.concat(streamEvents({ input: 100, output: 1_000 }).map(chunkFrame)));
    },
  });
  const replies = await Promise.all(Array.from({ length: 40 }, () => ask(ground, { body: streamed })));
  const passed = replies.filter(({ status }) => status === 200).length;
  expect(passed).toBeGreaterThan(3);
  expect(passed).toBeLessThan(14);
  expect(billed).toBe(BigInt(passed) * 15_300_000n);
  expect(billed).toBeLessThanOrEqual(200_000_000n);
  const rows = await until('all booked', async () => {
    const found = await callRows(database);
    return found.every(({ status }) => status !== 'sent') && found;
  });
  expect(rows.reduce((sum, { actualNanoUsd }) => sum + (actualNanoUsd ?? 0n), 0n)).toBe(billed);
  expect(await theWindow(database)).toMatchObject({ isFrozen: false });
});
