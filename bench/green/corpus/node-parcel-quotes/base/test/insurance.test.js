import assert from 'node:assert/strict';
import { test } from 'node:test';
import { premium } from '../src/insurance.js';

test('the premium is one percent', () => assert.equal(premium(50000), 500));
test('the premium is at least two euros', () => assert.equal(premium(100), 200));
