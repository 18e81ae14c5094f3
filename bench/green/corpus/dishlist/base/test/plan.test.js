import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as plan from '../src/plan.js';

test('a dish for each day', () => {
  assert.deepEqual(plan.planWeek(['mon', 'tue', 'wed'], ['soup', 'pasta']), [
    { day: 'mon', dish: 'soup' },
    { day: 'tue', dish: 'pasta' },
    { day: 'wed', dish: 'soup' },
  ]);
});

test('the key of a week', () => {
  assert.equal(plan.keyOf('Week 12, May!'), 'week-week-12-may');
});
