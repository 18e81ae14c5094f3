'use strict';
const { describe, it } = require('node:test');
const assert = require('node:assert/strict');
const { ago, matches, parseQuery } = require('../lib/query.js');

describe('queries', () => {
  it('has tags and words', () => {
    assert.deepEqual(parseQuery('milk #home'), { tags: ['home'], words: ['milk'] });
  });

  it('matches words', () => {
    assert.equal(matches({ text: 'buy milk', tags: [] }, parseQuery('milk')), true);
    assert.equal(matches({ text: 'buy milk', tags: [] }, parseQuery('bread')), false);
  });

  it('matches tags', () => {
    assert.equal(matches({ text: 'buy milk', tags: ['home'] }, parseQuery('#home')), true);
    assert.equal(matches({ text: 'buy milk', tags: [] }, parseQuery('#home')), false);
  });
});

describe('ago', () => {
  const now = new Date('2024-05-01T12:00:00Z');
  for (const [date, text] of [
    ['2024-05-01T11:59:30Z', 'just now'],
    ['2024-05-01T11:30:00Z', '30 min ago'],
    ['2024-05-01T09:00:00Z', '3 h ago'],
  ]) {
    it(text, () => assert.equal(ago(new Date(date), now), text));
  }
});
