import { expect, test } from 'vitest';
import { z } from 'zod';
import { proposalSchema } from '../domain/agents/proposal.ts';
import { findJsonObject, jsonDepth, jsonDepthMax } from './json-object.ts';

const schema = z.object({ plan: z.string() });
const found = { object: { plan: 'x' } };

test.each([
  ['bare', '{"plan":"x"}'],
  ['with blanks and a byte order mark', '\uFEFF \n{"plan":"x"}\n'],
  ['in a fence', '```json\n{"plan":"x"}\n```'],
  ['in prose', 'Here is the plan:\n\n{"plan":"x"}\n\nTell me if it "works.'],
  ['after a brace in prose', 'Mind the { in your file.\n{"plan":"x"}'],
  ['after code in prose', 'As in `if (a) { b(); }`:\n{"plan":"x"}'],
])('an object %s is found', (_, text) => {
  expect(findJsonObject(text, schema)).toEqual(found);
});

test('a fence inside a string of the object does not end it', () => {
  const plan = 'Write:\n```js\nconst a = "{";\n```\nand \\" too';
  const text = `\`\`\`json\n${JSON.stringify({ plan })}\n\`\`\``;
  expect(findJsonObject(text, schema)).toEqual({ object: { plan } });
});

test('two matching objects are refused, because choosing one would be a guess', () => {
  const found = findJsonObject('{"plan":"draft"} or rather {"plan":"final"}', schema);
  expect(found).toEqual({ problem: expect.stringContaining('2 JSON objects') });
});

test('a matching object inside another one is not used', () => {
  expect(findJsonObject('{"result":{"plan":"x"}}', schema)).toHaveProperty('problem');
});

test.each([
  ['nothing of JSON', 'I would rather not.', 'no complete JSON object'],
  ['an array', '[{"plan":1}]', 'schema'],
  ['cut JSON', '{"plan":"x', 'no complete JSON object'],
  ['broken JSON', '{"plan": x}', 'not valid JSON'],
  ['another schema', '{"plan":7}', 'schema'],
])('%s is reported as the problem', (_, text, problem) => {
  expect(findJsonObject(text, schema)).toEqual({ problem: expect.stringContaining(problem) });
});

test('JSON nested so deeply that it would overflow the stack is refused before it is parsed', () => {
  const deep = `{"plan":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
  expect(findJsonObject(deep, z.object({ plan: z.any() }))).toEqual({
    problem: expect.stringContaining(`${jsonDepthMax} levels`),
  });
  expect(jsonDepth('{"a":"[[[[","b":[1]}')).toBe(2);
});

test('a hostile megabyte of braces is answered without taking hours', () => {
  const startedAt = performance.now();
  expect(findJsonObject('{'.repeat(1_000_000), schema)).toHaveProperty('problem');
  // This takes seconds on a busy machine. Searching for the end of every brace would take hours.
  expect(performance.now() - startedAt).toBeLessThan(20_000);
});

test('a violation of the schema is reported with its place', () => {
  const text = JSON.stringify({
    plan: 'x',
    edits: [{ kind: 'replace', path: 'a', search: '', replace: '' }],
    risks: [],
  });
  expect(findJsonObject(text, proposalSchema)).toEqual({
    problem: expect.stringContaining('edits[0].search'),
  });
});
