// Some providers bill calls that they answer with a client error (R-BUD-2).
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../test/shared-database.ts';
import { ask, gatewayGround, theCall } from './gateway-ground.fixture.ts';

const shared = sharedDatabase();

async function bookedFor(status: number, body: unknown) {
  const database = shared();
  const ground = await gatewayGround(database, {
    behave: (_request, answer) => {
      answer.writeHead(status, { 'content-type': 'application/json' });
      answer.end(typeof body === 'string' ? body : JSON.stringify(body));
    },
  });
  const messages = [{ role: 'user', content: 'Mend it' }];
  const headers = { authorization: `Bearer ${ground.key.secret}` };
  const request = JSON.stringify({ model: 'm-1', max_tokens: 1_000, messages });
  expect(await ask(ground, { path: '/v1/chat/completions', body: request, headers })).toMatchObject({
    status,
  });
  const { status: booked, actualNanoUsd, reservedNanoUsd } = await theCall(database);
  return { booked, isWhole: actualNanoUsd === reservedNanoUsd };
}

test.each<[string, number, unknown]>([
  [
    'a filter has withheld the answer (Azure)',
    400,
    { error: { code: 'content_filter', message: 'filtered' } },
  ],
  [
    'a filter has withheld the answer, with an inner code (Azure)',
    400,
    { error: { code: 'bad', innererror: { code: 'ResponsibleAIPolicyViolation' } } },
  ],
  [
    'the call of a tool was not valid (Groq)',
    400,
    { error: { type: 'invalid_request_error', code: 'tool_use_failed', failed_generation: '<f' } },
  ],
  ['it reports usage', 422, { error: { message: 'no' }, usage: { prompt_tokens: 100 } }],
  ['the request took too long', 408, ''],
  ['a proxy reports that its client has left', 499, ''],
])('R-BUD-2: fear: an error is booked as free although %s', async (_, status, body) => {
  expect(await bookedFor(status, body)).toEqual({ booked: 'presumed', isWhole: true });
});

test.each<[number, unknown]>([
  [400, { error: { type: 'invalid_request_error', message: 'no such field' } }],
  [400, { error: { message: 'no' }, usage: { prompt_tokens: 0, completion_tokens: 0 } }],
  [401, { error: { code: 'invalid_api_key' } }],
  [429, { error: { code: 'rate_limit_exceeded' } }],
  [503, 'later'],
])('R-BUD-2: an error with status %i that shows no work is free', async (status, body) => {
  expect(await bookedFor(status, body)).toMatchObject({ booked: 'cancelled' });
});
