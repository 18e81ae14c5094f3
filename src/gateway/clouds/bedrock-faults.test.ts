// What Bedrock may return instead of an answer: each is converted to Anthropic's form, booked correctly, and
// shows no secret.
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { systemClock } from '../../stdx/clock.ts';
import { ask, theCall } from '../gateway-ground.fixture.ts';
import { message } from '../scripted-provider.fixture.ts';
import { chunkFrame, exceptionFrame, preludeOf } from './event-stream.fixture.ts';
import {
  awsKeys,
  bearerToken,
  bedrockGround,
  beginsEvents,
  fails,
  model,
  streamEvents,
} from './scripted-bedrock.fixture.ts';

const shared = sharedDatabase();
const streamed = message({ model, stream: true });

const secrets = [awsKeys.secretAccessKey, awsKeys.sessionToken, bearerToken];
function expectNoSecret(...places: unknown[]): void {
  const all = JSON.stringify(places);
  for (const secret of secrets) expect(all).not.toContain(secret);
}

test.each<[string, number, string, string, string, string, number]>([
  [
    'throttled',
    429,
    'ThrottlingException',
    'Too many tokens, please wait before trying again.',
    'rate_limit_error',
    'rate_limited',
    429,
  ],
  ['not ready', 429, 'ModelNotReadyException', 'Not ready.', 'overloaded_error', 'overloaded', 429],
  [
    'away',
    503,
    'ServiceUnavailableException',
    'Bedrock is unable to process your request.',
    'overloaded_error',
    'overloaded',
    503,
  ],
  [
    'too long',
    400,
    'ValidationException',
    'Input is too long for requested model.',
    'invalid_request_error',
    'context_too_long',
    400,
  ],
  [
    'wrong',
    400,
    'ValidationException',
    'messages: at least one message is required',
    'invalid_request_error',
    'bad_request',
    400,
  ],
  [
    'another region',
    400,
    'ValidationException',
    'The provided model identifier is invalid.',
    'not_found_error',
    'model_not_found',
    400,
  ],
  [
    'not allowed',
    403,
    'AccessDeniedException',
    "You don't have access to the model with the specified model ID.",
    'authentication_error',
    'authentication',
    403,
  ],
])(
  '%s: HTTP %i is told in Anthropic’s form, and costs nothing',
  async (_name, status, name, said, type, failure, shown) => {
    const database = shared();
    const ground = await bedrockGround(database, { answer: fails(status, name, said) });
    const reply = await ask(ground, { body: streamed });
    expect(reply).toMatchObject({ status: shown, isWhole: true });
    expect(reply.headers['content-type']).toBe('application/json');
    expect(JSON.parse(reply.body)).toMatchObject({ type: 'error', error: { type } });
    expect(await theCall(database)).toMatchObject({ status: 'cancelled', failure, actualNanoUsd: 0n });
  },
);

test.each<[string, number, string, number, string]>([
  ['timed out', 408, 'ModelTimeoutException', 408, 'timeout'],
  ['broken', 424, 'ModelErrorException', 502, 'provider_down'],
  ['internal', 500, 'InternalServerException', 500, 'provider_down'],
])(
  'R-BUD-2: %s: the model may have worked, so it is presumed spent',
  async (_name, status, name, shown, failure) => {
    const database = shared();
    const ground = await bedrockGround(database, { answer: fails(status, name, 'It failed.') });
    expect(await ask(ground, { body: streamed })).toMatchObject({ status: shown });
    const call = await theCall(database);
    expect(call).toMatchObject({ status: 'presumed', failure, httpStatus: status });
    expect(call.actualNanoUsd).toBe(call.reservedNanoUsd);
  },
);

test('a wrong clock is told with its difference', async () => {
  const database = shared();
  const late = { ...systemClock, now: () => new Date(Date.now() - 17 * 60_000) };
  const ground = await bedrockGround(database, { clock: late });
  const reply = await ask(ground, { body: streamed });
  expect(reply.status).toBe(403);
  expect(reply.body).toContain('the clock of this machine is wrong. It is 17 min behind. Set the clock');
  expect(await theCall(database)).toMatchObject({ status: 'cancelled', failure: 'authentication' });
});

test('R-SEC-4: fear: Amazon quotes the signed request with its session token, and the agent reads it', async () => {
  const database = shared();
  const ground = await bedrockGround(database, {
    bodies: true,
    access: {
      credentials: { kind: 'keys', ...awsKeys, secretAccessKey: 'another-secret-access-key-of-nobody' },
    },
  });
  const reply = await ask(ground, { body: streamed });
  expect(reply).toMatchObject({ status: 403 });
  expect(reply.body).toContain('refuses the signature');
  const kept = await database.query.selectFrom('callBodies').selectAll().execute();
  expectNoSecret(reply, kept, ground.logged);
});

test('R-SEC-4: fear: another error quotes a key', async () => {
  const said = `Invalid header x-amz-security-token: ${awsKeys.sessionToken} of ${awsKeys.secretAccessKey}`;
  const ground = await bedrockGround(shared(), { answer: fails(400, 'ValidationException', said) });
  const reply = await ask(ground, { body: streamed });
  expect(reply.body).toContain('Invalid header');
  expectNoSecret(reply);
});

test('a wrong region of the signature is refused in plain words', async () => {
  const ground = await bedrockGround(shared(), { access: { region: 'eu-west-1' } });
  const reply = await ask(ground, { body: streamed });
  expect(reply.body).toContain('MOOSE_BEDROCK_REGION (eu-west-1) is the region of the address');
});

const [start, delta] = streamEvents();

test.each<[string, string, string]>([
  ['throttlingException', 'rate_limit_error', 'rate_limited'],
  ['modelStreamErrorException', 'api_error', 'provider_down'],
  ['internalServerException', 'api_error', 'provider_down'],
  ['modelTimeoutException', 'timeout_error', 'timeout'],
  ['serviceUnavailableException', 'overloaded_error', 'overloaded'],
])(
  'R-BUD-2: %s in the middle of a stream is an error event, and presumed spent',
  async (name, type, failure) => {
    const database = shared();
    const ground = await bedrockGround(database, {
      answer: (answer) => {
        beginsEvents(answer);
        answer.end(
          Buffer.concat([chunkFrame(start), chunkFrame(delta), exceptionFrame(name, 'Too many tokens')]),
        );
      },
    });
    const reply = await ask(ground, { body: streamed });
    expect(reply.body).toContain(`event: error\ndata: {"type":"error","error":{"type":"${type}"`);
    const call = await theCall(database);
    expect(call).toMatchObject({ status: 'presumed', failure });
    expect(call.actualNanoUsd).toBe(call.reservedNanoUsd);
  },
);

const corrupt = chunkFrame(delta);
corrupt[corrupt.length - 1] = (corrupt.at(-1) ?? 0) ^ 1;

test.each<[string, Buffer, boolean]>([
  ['is cut between two frames', Buffer.alloc(0), false],
  ['is cut inside a frame', chunkFrame(delta).subarray(0, 40), false],
  ['has a wrong checksum', corrupt, true],
  ['announces four gigabytes', preludeOf(0xff_ff_ff_ff), true],
])('R-BUD-2: a stream that %s counts as cut off', async (_name, last, staysOpen) => {
  const database = shared();
  const ground = await bedrockGround(database, {
    answer: (answer) => {
      beginsEvents(answer);
      answer.write(Buffer.concat([chunkFrame(start), last]));
      if (!staysOpen) answer.end();
    },
  });
  const reply = await ask(ground, { body: streamed });
  expect(reply.isWhole).toBe(false);
  expect(reply.body).toContain('event: message_start');
  expect(reply.body).toContain('event: error');
  expect(await theCall(database)).toMatchObject({ status: 'presumed', failure: 'cut_stream' });
});
