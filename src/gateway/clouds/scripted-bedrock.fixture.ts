// For tests: a gateway with the real ledger, and a server that checks requests as Amazon Bedrock does.
import type { ServerResponse } from 'node:http';
import type { BedrockAccess } from '../../domain/agents/cloud.ts';
import type { Database } from '../../store/database.ts';
import type { GatewayOptions } from '../gateway.ts';
import { type Ground, type GroundOptions, gatewayGround } from '../gateway-ground.fixture.ts';
import {
  type ReceivedRequest,
  type ScriptedProvider,
  scriptedProvider,
  type Used,
  wholeMessage,
} from '../scripted-provider.fixture.ts';
import { authorizationIn, awsSignature } from './aws-signature.fixture.ts';
import { chunkFrame } from './event-stream.fixture.ts';

/** Not Amazon's own examples: whatever becomes a known secret is one for all tests of the process. */
export const awsKeys = {
  accessKeyId: 'AKIAQ2MOOSEFIXTURE7A',
  secretAccessKey: 'fixture/K7MDENG+bPxRfiCYq2moosefixtureKE',
  sessionToken: 'FwoGZXIvYXdzEBYaDH0example0session0token',
} as const;
export const bearerToken = 'ABSKQmVkcm9ja0FQSUtleS1leGFtcGxl';
export const model = 'us.anthropic.claude-haiku-4-5-20251001-v1:0';
export const region = 'us-east-1';

export type Answer = (answer: ServerResponse, request: ReceivedRequest) => unknown;

export interface BedrockGround extends Ground {
  bedrock: ScriptedProvider;
}

export interface BedrockOptions extends GroundOptions {
  access?: Partial<BedrockAccess>;
  /** Replaces the answer to requests that are authorized. */
  answer?: Answer;
  /** The clock of the server. */
  serverNow?: () => Date;
}

export async function bedrockGround(
  database: Database,
  { access, answer = answersAsAsked(), serverNow = () => new Date(), ...options }: BedrockOptions = {},
): Promise<BedrockGround> {
  const bedrock = await scriptedProvider((request, reply) => {
    const refusal = refusalOf(request, serverNow());
    if (refusal === null) return answer(reply, request);
    return fails(refusal.status, refusal.name, refusal.message)(reply, request);
  });
  const cloud: BedrockAccess = {
    name: 'bedrock',
    region,
    credentials: { kind: 'keys', ...awsKeys },
    ...access,
  };
  const upstreams: GatewayOptions['upstreams'] = new Map([
    ['bedrock', { baseUrl: bedrock.url, apiKey: null, wires: ['anthropic-messages'], cloud }],
  ]);
  const ground = await gatewayGround(database, { ...options, upstreams });
  return { ...ground, bedrock, base: ground.base.replace(/scripted$/, 'bedrock') };
}

interface Refused {
  status: number;
  name: string;
  message: string;
}

const skewMsMax = 5 * 60_000;
const stamp = (at: Date) => at.toISOString().replace(/[-:]|\.\d{3}/g, '');

function refusalOf({ method, url, headers, body }: ReceivedRequest, now: Date): Refused | null {
  const given = headers.authorization ?? '';
  if (given === `Bearer ${bearerToken}`) return null;
  const said = authorizationIn(given);
  const signed = flat(headers);
  if (said === null || said.accessKeyId !== awsKeys.accessKeyId)
    return refused('UnrecognizedClientException', 'The security token included in the request is invalid.');
  if (signed['x-amz-security-token'] !== awsKeys.sessionToken)
    return refused('ExpiredTokenException', 'The security token included in the request is expired');
  const date = signed['x-amz-date'] ?? '';
  const at = Date.parse(date.replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5'));
  const earliest = new Date(now.getTime() - skewMsMax);
  if (Math.abs(now.getTime() - at) > skewMsMax) {
    const why = `Signature expired: ${date} is now earlier than ${stamp(earliest)} (${stamp(now)} - 5 min.)`;
    return refused('InvalidSignatureException', why);
  }
  if (said.region !== region)
    return refused('InvalidSignatureException', `Credential should be scoped to a valid region.`);
  const { signedHeaders } = said;
  const request = { method, path: url, headers: signed, signedHeaders, body };
  const isSigned = ['host', 'x-amz-date', 'x-amz-security-token'].every((name) =>
    signedHeaders.includes(name),
  );
  const scope = { secretAccessKey: awsKeys.secretAccessKey, date, region, product: 'bedrock' };
  if (isSigned && awsSignature(request, scope) === said.signature) return null;
  // Amazon quotes what it was sent, with the session token in it.
  const quoted = `The Canonical String for this request should have been '${JSON.stringify(signed)}'`;
  return refused(
    'InvalidSignatureException',
    `The request signature we calculated does not match. ${quoted}`,
  );
}

function refused(name: string, message: string): Refused {
  return { status: 403, name, message };
}

function flat(headers: ReceivedRequest['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(',') : (value ?? ''),
    ]),
  );
}

export function fails(status: number, name: string, message: string): Answer {
  return (answer) => {
    answer.writeHead(status, {
      'content-type': 'application/json',
      'x-amzn-errortype': `${name}:http://internal.amazon.com/coral/com.amazon.bedrock/`,
      'x-amzn-requestid': 'r-1',
    });
    answer.end(JSON.stringify({ message }));
  };
}

const text = 'Done: größer, 漢字, 🦌.';

export function streamEvents({ input = 100, output = 50 }: Used = {}): object[] {
  return [
    {
      type: 'message_start',
      message: { id: 'msg_bdrk_1', type: 'message', usage: { input_tokens: input, output_tokens: 1 } },
    },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } },
    { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: output } },
    {
      type: 'message_stop',
      'amazon-bedrock-invocationMetrics': { inputTokenCount: input, outputTokenCount: output },
    },
  ];
}

export function beginsEvents(answer: ServerResponse): void {
  answer.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream', 'x-amzn-requestid': 'r-1' });
}

/** By the path: an event stream, or one document. */
export function answersAsAsked(used: Used = {}): Answer {
  return (answer, { url }) => {
    if (!url.endsWith('/invoke-with-response-stream')) {
      answer.writeHead(200, { 'content-type': 'application/json' }).end(wholeMessage(used));
      return;
    }
    beginsEvents(answer);
    answer.end(Buffer.concat(streamEvents(used).map(chunkFrame)));
  };
}
