'use strict';
const test = require('node:test');
const assert = require('node:assert/strict');
const { notes, temporaryFolder } = require('./support.js');

test('the command', async (t) => {
  const folder = temporaryFolder(t);

  await t.test('adds', () => {
    const { stdout, status } = notes(folder, 'add', 'buy', 'milk');
    assert.equal(stdout, '0001\n');
    assert.equal(status, 0);
  });

  await t.test('finds', () => {
    notes(folder, 'add', 'call', 'Ann');
    assert.equal(notes(folder, 'find', 'Ann').stdout, '0002 call Ann\n');
  });

  await t.test('says how it is used', () => {
    const { stderr, status } = notes(folder);
    assert.match(stderr, /^usage: notes/);
    assert.equal(status, 64);
  });
});
