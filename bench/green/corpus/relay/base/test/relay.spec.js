const assert = require('node:assert');
const { Relay } = require('../lib/relay');
const { sign } = require('../lib/signature');

function request(event, secret = 'k') {
  const body = JSON.stringify(event);
  return { body, signature: sign(secret, body) };
}

describe('relay', () => {
  it('delivers to each target', async () => {
    const seen = [];
    const relay = new Relay({ secret: 'k', targets: ['a', 'b'], deliver: async (t, e) => seen.push([t, e.type]) });
    assert.strictEqual(await relay.handle(request({ type: 'order.created' })), 2);
    assert.deepStrictEqual(seen, [['a', 'order.created'], ['b', 'order.created']]);
  });

  it('refuses a bad signature', async () => {
    const relay = new Relay({ secret: 'k', targets: ['a'], deliver: async () => {} });
    await assert.rejects(relay.handle(request({ type: 'x' }, 'other')), /bad signature/);
  });

  it('passes delivery errors on', async () => {
    const relay = new Relay({ secret: 'k', targets: ['a'], deliver: async () => { throw new Error('down'); } });
    await assert.rejects(relay.handle(request({ type: 'x' })), /down/);
  });
});
