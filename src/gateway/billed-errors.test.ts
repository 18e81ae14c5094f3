// Some providers bill calls that they answer with a client error (R-BUD-2).
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../test/shared-database.ts';
import { atOnceMs } from './calls/booking.ts';
import { ask, gatewayGround, theCall } from './gateway-ground.fixture.ts';

const shared = sharedDatabase();

async function bookedFor(status: number, body: unknown, afterMs = 0) {
  const database = shared();
  const ground = await gatewayGround(database, {
    behave: (_request, answer) => {
      const end = () => {
        answer.writeHead(status, { 'content-type': 'application/json' });
        answer.end(typeof body === 'string' ? body : JSON.stringify(body));
      };
      if (afterMs === 0) end();
      else setTimeout(end, afterMs);
    },
  });
  const messages = [{ role: 'user', content: 'Mend it' }];
  const headers = { authorization: `Bearer ${ground.key.secret}` };
  const request = JSON.stringify({ model: 'm-1', max_tokens: 1_000, messages });
  const reply = await ask(ground, { path: '/v1/chat/completions', body: request, headers });
  expect(reply.status).toBe(status >= 300 && status < 400 ? 502 : status);
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

const late = atOnceMs + 100;
const gaveUp: [number, unknown][] = [
  [503, 'later'],
  [529, ''],
  [400, { message: 'no' }],
  [404, '<html>not found</html>'],
  [302, ''],
  [503, { error: { type: 'server_error', message: 'busy' } }],
];

test.each(gaveUp)(
  'R-BUD-11: fear: status %i of a proxy that gave up late is booked as free: %j',
  async (status, body) => {
    expect(await bookedFor(status, body, late)).toEqual({ booked: 'presumed', isWhole: true });
  },
);

test.each(gaveUp)('R-BUD-4: the same at once is free: status %i, %j', async (status, body) => {
  expect(await bookedFor(status, body)).toMatchObject({ booked: 'cancelled' });
});

test.each<[number, unknown]>([
  [429, { error: { code: 'rate_limit_exceeded' } }],
  [400, { error: { type: 'invalid_request_error', message: 'no such field' } }],
  [400, { error: { code: 'context_length_exceeded', message: 'maximum context' } }],
])(
  'R-BUD-4: an error that a provider documents, and that comes before its model begins, is free however late: %i',
  async (status, body) => {
    expect(await bookedFor(status, body, late)).toMatchObject({ booked: 'cancelled' });
  },
);

test.each<[number, string]>([
  [503, 'upstream request timeout'],
  [503, 'upstream connect error or disconnect/reset before headers'],
  [400, '{"error":"litellm.Timeout: gave up after 600 s"}'],
])('R-BUD-11: fear: words of a proxy that gave up cost nothing: %i %s', async (status, body) => {
  expect(await bookedFor(status, body)).toEqual({ booked: 'presumed', isWhole: true });
});
