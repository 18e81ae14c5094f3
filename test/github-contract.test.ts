import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  extractOperations,
  extractWebhooks,
  type OpenApi,
  printExtract,
} from '../scripts/github-contract/extract.ts';
import { extractGraphql } from '../scripts/github-contract/extract-graphql.ts';
import { graphql, operations, sources, webhooks } from '../scripts/github-contract/wanted.ts';
import { faultsIn } from './github-double/check-schema.ts';
import { routes } from './github-double/routes.ts';

// The extract that the double of GitHub is held to: it has all that is wanted, and does not come from anywhere else.

const read = (file: string) =>
  JSON.parse(readFileSync(new URL(`fixtures/github/${file}`, import.meta.url), 'utf8')) as {
    from: string;
    entries: Record<string, unknown>;
  };

test('the extract has what is wanted, of the versions that are named, and the double plays all of it', () => {
  const [ofOperations, ofWebhooks] = [read('operations.json'), read('webhooks.json')];
  const names = Object.entries(webhooks).flatMap(([event, actions]) =>
    actions.map((each) => (each === '' ? event : `${event}.${each}`)),
  );
  expect(Object.keys(ofOperations.entries)).toEqual([...operations].sort());
  expect(Object.keys(ofWebhooks.entries)).toEqual(names.sort());
  expect(Object.keys(routes).sort()).toEqual([...operations].sort());
  const from = ({ name, version }: { name: string; version: string }) => `${name}@${version}`;
  const found = [ofOperations, ofWebhooks, read('graphql.json')].map((each) => each.from);
  expect(found).toEqual([sources.operations, sources.webhooks, sources.graphql].map(from));
});

const small = (schema: unknown): OpenApi => ({
  paths: {
    '/x': {
      get: {
        operationId: 'x/get',
        externalDocs: { url: 'https://docs' },
        responses: { 200: { content: { 'application/json': { schema } } } },
      },
    },
  },
  components: {
    schemas: {
      user: {
        type: 'object',
        description: 'Prose',
        properties: { title: { type: 'string', title: 'Title' } },
      },
    },
  },
});

test('prose goes, what is referred to comes along, and a property may be called like prose', () => {
  const extract = extractOperations(small({ $ref: '#/components/schemas/user' }), ['GET /x']);
  expect(extract.schemas).toEqual({ user: { type: 'object', properties: { title: { type: 'string' } } } });
  expect(printExtract({ name: 'n', version: '1' }, extract).split('\n')).toHaveLength(8);
});

test('what is missing, or cannot be checked, fails the extraction', () => {
  expect(() => extractOperations(small({}), ['GET /y'])).toThrow('GitHub does not describe GET /y');
  expect(() => extractOperations(small({ not: {} }), ['GET /x'])).toThrow("cannot check 'not'");
  expect(() => extractWebhooks({ ...small({}), webhooks: {} }, { push: [''] })).toThrow(
    'does not describe the webhook push',
  );
  expect(() => extractGraphql('x', { __schema: { types: [] } }, graphql)).toThrow(
    "GitHub's GraphQL schema has no Query.repository",
  );
});

const user = {
  type: 'object',
  required: ['login'],
  properties: { login: { type: 'string', minLength: 1 }, id: { type: 'integer' } },
};

test.each([
  [{ login: 'ann', id: 1 }, { $ref: 'user' }, []],
  [{ login: 'ann', name: 'Ann' }, { $ref: 'user' }, ['name is unknown to GitHub']],
  [{ login: '', id: 1.5 }, { $ref: 'user' }, ['login has 0 characters', 'id is 1.5, not integer']],
  [null, { allOf: [{ $ref: 'user' }], nullable: true }, []],
  [null, { $ref: 'user' }, ['the body is null, not object']],
  [{}, { $ref: 'user' }, ['login is missing']],
  [[{ login: 'ann' }, {}], { type: 'array', items: { $ref: 'user' } }, ['[1].login is missing']],
  [
    { login: 'ann', at: 'noon' },
    { allOf: [{ $ref: 'user' }, { properties: { at: { type: 'string', format: 'date-time' } } }] },
    ["at is 'noon', not a time"],
  ],
  [7, { oneOf: [{ type: 'string' }, { type: 'integer', maximum: 5 }] }, ['the body is 7, not string']],
  ['x', { type: ['string', 'null'], enum: ['a', null] }, ['the body is "x", not one of a, ']],
  [{ a: 1 }, { type: 'object', additionalProperties: { type: 'string' } }, ['a is 1, not string']],
] as const)('%j against %j', (value, schema, faults) => {
  expect(faultsIn(value, schema as object, { user })).toEqual(faults);
});
