const assert = require('node:assert');
const { matches } = require('../lib/filter');

describe('filter', () => {
  it('matches exactly', () => assert.ok(matches('a.b', 'a.b')));
  it('matches below a prefix', () => assert.ok(matches('order.*', 'order.line.added')));
  it('does not match the prefix alone', () => assert.ok(!matches('order.*', 'order')));
  it('star matches all', () => assert.ok(matches('*', 'x')));
});
