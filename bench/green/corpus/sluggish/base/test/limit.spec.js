import assert from 'node:assert/strict';
import { limiter } from '../src/limit.js';

describe('limiter', () => {
  it('allows max in a window', () => {
    let t = 0;
    const allow = limiter(2, 1000, () => t);
    assert.deepEqual([allow(), allow(), allow()], [true, true, false]);
    t = 1000;
    assert.equal(allow(), true);
  });
});
