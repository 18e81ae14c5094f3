import assert from 'node:assert/strict';
import { day } from '../src/dates.js';

describe('day', () => {
  it('pads', () => assert.equal(day(new Date(2024, 0, 5)), '2024-01-05'));
});
