import { expect, test } from 'vitest';
import { compareLimits, Findings } from './comparison.ts';

test('a document that is nested too deeply is not compared', () => {
  const findings = new Findings();
  expect(() => findings.look(compareLimits.depthMax)).not.toThrow();
  expect(() => findings.look(compareLimits.depthMax + 1)).toThrow('nested too deeply');
});
