import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatQuery, parseQuery } from '#query';

test('parses', () => {
  assert.deepEqual({ ...parseQuery('?a=1&b=two&c') }, { a: '1', b: 'two', c: '' });
});

test('decodes', () => {
  assert.deepEqual({ ...parseQuery('q=caf%C3%A9%26bar') }, { q: 'café&bar' });
});

test('collects what stands there twice', () => {
  assert.deepEqual({ ...parseQuery('a=1&a=2&a=3') }, { a: ['1', '2', '3'] });
});

test('formats', () => {
  assert.equal(formatQuery({ q: 'café&bar', tag: ['x', 'y'] }), 'q=caf%C3%A9%26bar&tag=x&tag=y');
});
