// The doctor asks the clouds whether they accept the credentials; both servers speak their real wire.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { readConfig } from '../config/config.ts';
import { diagnoseModels } from './models.ts';

const bedrockModel = 'bedrock/global.anthropic.claude-haiku-4-5-20251001-v1:0';
const vertexModel = 'vertex/claude-haiku-4-5@20251001';

interface Said {
  status: number;
  name?: string;
  body: unknown;
}

async function aCloud(said: Said): Promise<{ url: string; seen: string[] }> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.once('end', () => {
      seen.push(`${request.url} ${request.headers.authorization} ${body}`);
      response.writeHead(said.status, said.name ? { 'x-amzn-errortype': said.name } : {});
      response.end(JSON.stringify(said.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

const bedrock = (url: string) => ({
  MOOSE_BEDROCK_REGION: 'eu-west-1',
  MOOSE_MODELS: bedrockModel,
  AWS_BEARER_TOKEN_BEDROCK: 'a-key-of-bedrock',
  AWS_ENDPOINT_URL_BEDROCK_RUNTIME: url,
});
const vertex = (url: string) => ({
  MOOSE_VERTEX_PROJECT: 'my-project',
  MOOSE_VERTEX_TOKEN_COMMAND: 'echo ya29.a-token',
  MOOSE_VERTEX_BASE_URL: url,
  MOOSE_MODELS: vertexModel,
});
const look = (env: Record<string, string>) => diagnoseModels(readConfig({ HOME: '/nowhere', ...env }));

test('credentials that work are told from the refusal of an empty request', async () => {
  const amazon = await aCloud({
    status: 400,
    name: 'ValidationException',
    body: { message: 'max_tokens: Field required' },
  });
  expect(await look(bedrock(amazon.url))).toMatchObject({ state: 'ok', found: bedrockModel });
  expect(amazon.seen).toEqual([
    '/model/global.anthropic.claude-haiku-4-5-20251001-v1%3A0/invoke Bearer a-key-of-bedrock {}',
  ]);
  const google = await aCloud({
    status: 400,
    body: { error: { code: 400, status: 'INVALID_ARGUMENT', message: 'No.' } },
  });
  expect(await look(vertex(google.url))).toMatchObject({ state: 'ok', found: vertexModel });
});

test.each<[string, Said, string, string]>([
  [
    'refused',
    { status: 403, name: 'UnrecognizedClientException', body: { message: 'invalid' } },
    'Amazon Bedrock refuses the credentials (HTTP 403)',
    'AWS_BEARER_TOKEN_BEDROCK',
  ],
  [
    'of another region',
    {
      status: 400,
      name: 'ValidationException',
      body: { message: 'The provided model identifier is invalid.' },
    },
    'has no model',
    'MOOSE_BEDROCK_REGION',
  ],
])('fear: the doctor accepts credentials of Bedrock that are %s', async (_name, said, what, advice) => {
  const { url } = await aCloud(said);
  const found = await look(bedrock(url));
  expect(found).toMatchObject({
    state: 'missing',
    found: expect.stringContaining(what),
    advice: expect.stringContaining(advice),
  });
  expect(JSON.stringify(found)).not.toContain('a-key-of-bedrock');
});

test('fear: the doctor accepts a token that Vertex AI refuses', async () => {
  const { url } = await aCloud({
    status: 401,
    body: { error: { code: 401, status: 'UNAUTHENTICATED', message: 'No.' } },
  });
  expect(await look(vertex(url))).toMatchObject({
    state: 'missing',
    found: expect.stringContaining('Google Vertex AI refuses the credentials (HTTP 401)'),
    advice: expect.stringContaining('MOOSE_VERTEX_TOKEN_COMMAND'),
  });
});

test('without credentials or models, the doctor says what to set', async () => {
  const { AWS_BEARER_TOKEN_BEDROCK: _, ...rest } = bedrock('http://127.0.0.1:9');
  expect(await look(rest)).toMatchObject({
    state: 'missing',
    found: expect.stringContaining('there are no credentials for Amazon Bedrock'),
    advice: expect.stringContaining('Could not resolve credentials using profile: [default]'),
  });
  expect(await look({ MOOSE_BEDROCK_REGION: 'eu-west-1' })).toMatchObject({
    found: 'none',
    advice: expect.stringContaining('MOOSE_MODELS'),
  });
  expect(await look({ MOOSE_MODELS: bedrockModel })).toMatchObject({
    state: 'warning',
    advice: expect.stringContaining('MOOSE_BEDROCK_REGION'),
  });
  expect(await look({ MOOSE_MODELS: vertexModel, MOOSE_VERTEX_PROJECT: 'my-project' })).toMatchObject({
    state: 'warning',
    advice: expect.stringContaining('GOOGLE_APPLICATION_CREDENTIALS'),
  });
  expect(await look(bedrock('http://127.0.0.1:9'))).toMatchObject({
    found: expect.stringContaining('127.0.0.1:9 does not answer (ECONNREFUSED)'),
  });
});

test.each([
  { MOOSE_BEDROCK_REGION: 'us-east-1.evil.example/' },
  { MOOSE_BEDROCK_REGION: 'US EAST' },
  { MOOSE_VERTEX_PROJECT: 'a/b' },
  { MOOSE_VERTEX_PROJECT: 'p', MOOSE_VERTEX_LOCATION: 'us-east5/../x' },
])('fear: a region or a project changes the address: %j', (env) => {
  expect(() => readConfig(env)).toThrow('has the wrong format');
});

test('credentials of Amazon alone do not make Moose use Bedrock', () => {
  const { models, secrets } = readConfig({
    AWS_ACCESS_KEY_ID: 'AKIAQ2MOOSEFIXTURE7B',
    AWS_SECRET_ACCESS_KEY: 'doctor/K7MDENG+bPxRfiCYq2moosefixtureKE',
    GOOGLE_APPLICATION_CREDENTIALS: '/key.json',
  });
  expect(models).not.toHaveProperty('bedrock');
  expect(models).not.toHaveProperty('vertex');
  expect(secrets.map(({ name }) => name)).toContain('AWS_SECRET_ACCESS_KEY');
});
