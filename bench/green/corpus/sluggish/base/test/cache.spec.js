import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Cache } from '../src/cache.js';

describe('Cache', () => {
  it('loads once', async () => {
    let loads = 0;
    const cache = new Cache(async (key) => { loads += 1; await sleep(1); return key.toUpperCase(); });
    assert.equal(await cache.get('a'), 'A');
    assert.equal(await cache.get('a'), 'A');
    assert.equal(loads, 1);
  });
});
