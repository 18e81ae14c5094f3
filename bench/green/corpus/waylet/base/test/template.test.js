import assert from 'node:assert/strict';
import { test } from 'node:test';
import { render } from '../src/template.js';

test('fills in', () => {
  assert.equal(render('Hello {{name}}, {{ count }} new', { name: 'Ann', count: 3 }), 'Hello Ann, 3 new');
});

test('leaves other braces', () => {
  assert.equal(render('{a} {{}}', { a: 1 }), '{a} {{}}');
});
