import { expect, it } from 'vitest';
import { compareTexts, type LabelledPair, membersOf, testPairs, testSelves } from '../pairs.fixture.ts';

const order = { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] };
const json = (schema: object) => ({ content: { 'application/json': { schema } } });
const get = (more: object = {}) => ({ get: { responses: { 200: json(order) }, ...more } });
const post = (schema: object, more: object = {}) => ({
  post: { requestBody: { ...json(schema), ...more }, responses: { 204: {} } },
});
const api = (item: object, more: object = {}, path = '/orders/{id}') =>
  JSON.stringify({ openapi: '3.1.0', info: {}, paths: { [path]: item }, ...more });
const takes = (...parameters: object[]) => api(get({ parameters }));
const query = (more: object = {}) => ({ in: 'query', name: 'page', schema: { type: 'integer' }, ...more });
const adds = (properties: object, required: string[] = []) => ({
  type: 'object',
  properties: { ...order.properties, ...properties },
  required: ['id', ...required],
});
const answers = (schema: object) => api(get({ responses: { 200: json(schema) } }));
const note = { note: { type: 'string' } };

const scheme = (given: object) => api(get(), { components: { securitySchemes: { key: given } } });
const headers = (...names: string[]) =>
  api(get({ responses: { 200: { headers: Object.fromEntries(names.map((name) => [name, {}])) } } }));

const pairs: readonly LabelledPair[] = [
  [
    'a key is sent in another place',
    scheme({ type: 'apiKey', in: 'header', name: 'X-Key' }),
    scheme({ type: 'apiKey', in: 'query', name: 'X-Key' }),
    ['login key'],
  ],
  [
    'a way to log in is described in other words',
    scheme({ type: 'http', scheme: 'bearer' }),
    scheme({ type: 'http', scheme: 'bearer', description: 'A token.' }),
    [],
  ],
  [
    'a request needs a new header',
    api(get()),
    takes({ in: 'header', name: 'X-Tenant', required: true }),
    ['GET /orders/{id} header parameter x-tenant'],
  ],
  [
    'an answer loses a header',
    headers('Location', 'ETag'),
    headers('etag', 'X-New'),
    ['GET /orders/{id} 200 header location'],
  ],
  [
    'a path is added',
    api(get()),
    JSON.stringify({ openapi: '3.0.0', paths: { '/orders/{id}': get(), '/x': get() } }),
    [],
  ],
  ['a path is removed', api(get()), api(get(), {}, '/other'), ['GET /orders/{id}']],
  ['the name in a path changes', api(get()), api(get(), {}, '/orders/{key}'), []],
  [
    'the type of a name in a path changes',
    api(get({ parameters: [{ in: 'path', name: 'id', required: true, schema: { type: 'string' } }] })),
    api(
      get({ parameters: [{ in: 'path', name: 'key', required: true, schema: { type: 'integer' } }] }),
      {},
      '/orders/{key}',
    ),
    ['GET /orders/{id} path parameter 1'],
  ],
  [
    'a name in a path is described',
    api(get()),
    api(get({ parameters: [{ in: 'path', name: 'id', required: true, schema: { type: 'string' } }] })),
    [],
  ],
  ['a method is removed', api({ ...get(), ...post(order) }), api(get()), ['POST /orders/{id}']],
  ['an optional parameter is added', api(get()), takes(query()), []],
  [
    'a required parameter is added',
    api(get()),
    takes(query({ required: true })),
    ['GET /orders/{id} query parameter page'],
  ],
  [
    'a parameter becomes required',
    takes(query()),
    takes(query({ required: true })),
    ['GET /orders/{id} query parameter page'],
  ],
  ['a parameter is removed', takes(query()), api(get()), ['GET /orders/{id} query parameter page']],
  [
    'a parameter takes less',
    takes(query({ schema: { enum: [1, 2] } })),
    takes(query({ schema: { enum: [1] } })),
    ['GET /orders/{id} query parameter page'],
  ],
  ['a parameter takes more', takes(query()), takes(query({ schema: { type: 'number' } })), []],
  [
    'a parameter moves to all methods of the path',
    takes(query()),
    api({ ...get(), parameters: [query()] }),
    [],
  ],
  ['a request may hold more', api(post(order)), api(post(adds(note))), []],
  [
    'a request must hold more',
    api(post(order)),
    api(post(adds(note, ['note']))),
    ['POST /orders/{id} body.note'],
  ],
  ['a request need no longer hold it', api(post(adds(note, ['note']))), api(post(adds(note))), []],
  [
    'a body becomes required',
    api(post(order)),
    api(post(order, { required: true })),
    ['POST /orders/{id} body'],
  ],
  ['an answer holds more', answers(order), answers(adds(note, ['note'])), []],
  ['an answer holds less', answers(adds(note, ['note'])), answers(order), ['GET /orders/{id} 200.note']],
  [
    'an answer may lack something',
    answers(adds(note, ['note'])),
    answers(adds(note)),
    ['GET /orders/{id} 200.note'],
  ],
  [
    'an answer has a new value',
    answers(adds({ state: { enum: ['a'] } })),
    answers(adds({ state: { enum: ['a', 'b'] } })),
    ['GET /orders/{id} 200.state'],
  ],
  [
    'an answer may be null',
    answers(adds(note)),
    answers(adds({ note: { type: 'string', nullable: true } })),
    ['GET /orders/{id} 200.note'],
  ],
  [
    'an answer is removed',
    api(get({ responses: { 200: json(order), 404: {} } })),
    api(get()),
    ['GET /orders/{id} 404'],
  ],
  [
    'an answer has another type',
    api(get()),
    api(get({ responses: { 200: { content: { 'text/plain': {} } } } })),
    ['GET /orders/{id} 200'],
  ],
  ['a login is needed', api(get()), api(get(), { security: [{ key: [] }] }), ['GET /orders/{id}']],
  ['a login may be given', api(get()), api(get({ security: [{}, { key: [] }] })), []],
  [
    'a way to log in is removed',
    api(get({ security: [{ key: [] }, { token: [] }] })),
    api(get({ security: [{ key: [] }] })),
    ['GET /orders/{id}'],
  ],
  [
    'a shared schema changes',
    api(get({ responses: { 200: json({ $ref: '#/components/schemas/Order' }) } }), {
      components: { schemas: { Order: order } },
    }),
    api(get({ responses: { 200: json({ $ref: '#/components/schemas/Order' }) } }), {
      components: { schemas: { Order: { type: 'object', properties: { id: { type: 'number' } } } } },
    }),
    ['GET /orders/{id} 200.id'],
  ],
];

testPairs('openapi', 'api.json', pairs);
testSelves('openapi', 'api.json', pairs);

it('R-SPEC-3: only OpenAPI 3 is compared, and another document is told', async () => {
  const compared = await compareTexts('openapi', 'api.json', JSON.stringify({ swagger: '2.0' }), api(get()));
  expect(membersOf(compared)).toBe('before: it is not an OpenAPI 3 document');
});
