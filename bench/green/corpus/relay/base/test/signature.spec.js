const assert = require('node:assert');
const { sign, verify } = require('../lib/signature');

describe('signature', () => {
  it('verifies what it signed', () => {
    assert.strictEqual(verify('k', 'body', sign('k', 'body')), true);
  });

  it('refuses another body', () => {
    assert.strictEqual(verify('k', 'body2', sign('k', 'body')), false);
  });
});
