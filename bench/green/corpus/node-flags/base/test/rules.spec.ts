import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Context, type Flag, isOn } from '../src/rules.ts';
import cases from './fixtures/cases.json' with { type: 'json' };

describe('isOn', () => {
  for (const { title, flag, context, on } of cases) {
    it(title, () => {
      assert.equal(isOn('new-cart', flag as Flag, context as Context), on);
    });
  }
});
