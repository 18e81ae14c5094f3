import { expect, test } from 'vitest';
import { z } from 'zod';
import { issueText } from './plain-issues.ts';

const schema = z.object({
  title: z.string().min(1).max(5),
  limit: z.number().int().min(1).max(10),
  share: z.number().gt(0).lt(1),
  tags: z.array(z.string()).min(1).max(2),
  kind: z.enum(['lint', 'test']),
  at: z.iso.datetime(),
  id: z.uuid(),
  name: z.string().regex(/^[a-z]+$/),
  label: z.string().regex(/=/, 'Must be KEY=VALUE'),
  is_on: z.boolean(),
  way: z.union([z.number(), z.object({ to: z.string() })]),
});
const valid = {
  title: 'ok',
  limit: 3,
  share: 0.5,
  tags: ['a'],
  kind: 'lint',
  at: '2026-01-31T12:00:00Z',
  id: '0192f0c4-0000-7000-8000-0000abcd1234',
  name: 'abc',
  label: 'a=b',
  is_on: true,
  way: 1,
};

test.each([
  ['title', '', 'title is empty'],
  ['title', undefined, 'title is missing'],
  ['title', 7, 'title must be a text'],
  ['title', 'too long', 'title must have at most 5 characters'],
  ['limit', 0, 'limit must be at least 1'],
  ['limit', 11, 'limit must be at most 10'],
  ['limit', 1.5, 'limit must be a whole number'],
  ['share', 0, 'share must be more than 0'],
  ['share', 1, 'share must be less than 1'],
  ['tags', [], 'tags must have at least 1 entry'],
  ['tags', ['a', 'b', 'c'], 'tags must have at most 2 entries'],
  ['tags', [1], 'tags.0 must be a text'],
  ['kind', 'walk', 'kind must be "lint" or "test"'],
  ['at', 'soon', 'at must be a time, as in 2026-01-31T12:00:00Z'],
  ['id', 'nope', 'id must be a whole id, as in 0192f0c4-0000-7000-8000-0000abcd1234'],
  ['name', '7', 'name must be written in another way'],
  ['label', 'x', 'label must be KEY=VALUE'],
  ['is_on', 'yes', 'is_on must be true or false'],
  ['way', 'x', 'way has none of the forms that are allowed'],
])('fear: a person reads words of a schema about %s %j', (key, value, said) => {
  const { error } = schema.safeParse({ ...valid, [key]: value });
  const [issue] = error?.issues ?? [];
  const text = issueText({ path: (issue?.path ?? []).join('.'), message: issue?.message ?? '' }, 'the body');
  expect(text).toBe(said);
});

test('whatever does not follow the name of the value comes after a colon', () => {
  expect(issueText({ path: '', message: 'must be an object' }, 'the body')).toBe(
    'the body must be an object',
  );
  expect(issueText({ path: 'a', message: 'There is no such key' }, 'it')).toBe('a: There is no such key');
});
