import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fixture, run } from './support/run.js';

test('without a file there is the usage', () => {
  const { status, stderr } = run([]);
  assert.equal(status, 2);
  assert.match(stderr, /^usage: timesheet/);
});

test('the report of November', () => {
  const { status, stdout } = run([fixture('november.txt')]);
  assert.equal(stdout, readFileSync(fixture('november.expected.txt'), 'utf8'));
  assert.equal(status, 0);
});

test('decimal hours on request', () => {
  assert.match(run(['--decimal', fixture('november.txt')]).stdout, /^total +4\.00$/m);
});

test('a broken line has its file and number', () => {
  const file = fixture('broken.txt');
  const { status, stderr } = run([file]);
  assert.equal(status, 1);
  assert.equal(stderr, file + ': line 2: no date\n');
});
