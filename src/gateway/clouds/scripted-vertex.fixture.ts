// For tests: a gateway with the real ledger, and a server that gives tokens for a service account and checks them, as
// Google does.
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importSPKI, jwtVerify } from 'jose';
import { expect, onTestFinished } from 'vitest';
import type { GoogleCredentials, VertexAccess } from '../../domain/agents/cloud.ts';
import type { Database } from '../../store/database.ts';
import { type GroundOptions, gatewayGround } from '../gateway-ground.fixture.ts';
import {
  type Behave,
  messageRest,
  messageStart,
  type ReceivedRequest,
  scriptedProvider,
  wholeMessage,
} from '../scripted-provider.fixture.ts';

export const model = 'claude-haiku-4-5@20251001';
const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2_048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const email = 'moose@my-project.iam.gserviceaccount.com';

export interface VertexOptions extends GroundOptions {
  access?: Partial<VertexAccess>;
  answer?: Behave;
  expiresIn?: number;
  /** The clock of Google. */
  serverNow?: () => Date;
  /** Replaces the fields of the key's file. */
  account?: Record<string, unknown>;
}

export async function vertexGround(database: Database, options: VertexOptions = {}) {
  const {
    access,
    answer = answersAsAsked,
    expiresIn = 3_600,
    serverNow = () => new Date(),
    account,
    ...more
  } = options;
  const issued: string[] = [];
  const bad = new Set<string>();
  const forms: ReceivedRequest[] = [];
  const google = await scriptedProvider(async (request, reply) => {
    if (request.url === '/token') {
      forms.push(request);
      const isGood = await isSigned(request, google.url, serverNow());
      const token = `ya29.token-number-${issued.length + 1}`;
      if (isGood) issued.push(token);
      reply.writeHead(isGood ? 200 : 400, { 'content-type': 'application/json' });
      const said = isGood ? { access_token: token, expires_in: expiresIn } : { error: 'invalid_grant' };
      return reply.end(JSON.stringify(said));
    }
    const token = (request.headers.authorization ?? '').replace('Bearer ', '');
    if (token !== 'ya29.of-the-command' && (!issued.includes(token) || bad.has(token)))
      return googleError(401, 'UNAUTHENTICATED', `Invalid credentials ${token}.`)(request, reply);
    return answer(request, reply);
  });
  const directory = mkdtempSync(join(tmpdir(), 'moose-google-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const file = join(directory, 'key.json');
  const key = {
    type: 'service_account',
    client_email: email,
    private_key_id: 'k1',
    private_key: privateKey,
    token_uri: `${google.url}/token`,
    ...account,
  };
  writeFileSync(file, JSON.stringify(key));
  const credentials: GoogleCredentials = { kind: 'key_file', file };
  const cloud: VertexAccess = {
    name: 'vertex',
    project: 'my-project',
    location: 'global',
    credentials,
    ...access,
  };
  const ground = await gatewayGround(database, {
    ...more,
    upstreams: new Map([
      ['vertex', { baseUrl: google.url, apiKey: null, wires: ['anthropic-messages'], cloud }],
    ]),
  });
  const received = () => google.received.filter(({ url }) => url !== '/token');
  return { ...ground, base: ground.base.replace(/scripted$/, 'vertex'), received, forms, issued, bad };
}

async function isSigned({ body }: ReceivedRequest, url: string, currentDate: Date): Promise<boolean> {
  const form = new URLSearchParams(body);
  expect(form.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer');
  const key = await importSPKI(publicKey, 'RS256');
  const verified = await jwtVerify(form.get('assertion') ?? '', key, {
    issuer: email,
    audience: `${url}/token`,
    maxTokenAge: '1h',
    currentDate,
  }).catch(() => null);
  return verified?.payload.scope === 'https://www.googleapis.com/auth/cloud-platform';
}

const answersAsAsked: Behave = ({ url }, reply) => {
  const isStream = url.endsWith(':streamRawPredict');
  reply.writeHead(200, { 'content-type': isStream ? 'text/event-stream' : 'application/json' });
  reply.end(isStream ? messageStart() + messageRest() : wholeMessage());
};

export function googleError(status: number, name: string, said: string): Behave {
  return (_request, reply) => {
    reply.writeHead(status, { 'content-type': 'application/json' });
    reply.end(JSON.stringify({ error: { code: status, message: said, status: name } }));
  };
}
