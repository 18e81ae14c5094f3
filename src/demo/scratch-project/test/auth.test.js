import assert from 'node:assert/strict';
import test from 'node:test';
import { isStaffKey, maskKey } from '../src/auth.js';

test('only the key on file is let in', () => {
  assert.equal(isStaffKey('4711-blue', '4711-blue'), true);
  assert.equal(isStaffKey('4711-red', '4711-blue'), false);
  assert.equal(isStaffKey('', '4711-blue'), false);
});

test('a shown key gives little away', () => {
  assert.equal(maskKey('4711'), '**11');
});
