import { expect, test } from 'vitest';
import { armName, readArmName } from './arm-name.ts';
import { isNamed, readPolicy } from './policy-spec.ts';

test('a policy is read as a person writes it', () => {
  expect(readPolicy('static')).toEqual({ policy: 'static' });
  expect(readPolicy('learned')).toEqual({ policy: 'learned' });
  expect(readPolicy('fixed:a>b>c')).toEqual({ policy: 'fixed', plan: ['a', 'b', 'c'] });
  for (const text of ['', 'fixed', 'fixed:', 'fixed:a>', 'fixed:a>a', 'fixed:a>b>c>d', 'Static'])
    expect(readPolicy(text), text).toBeNull();
});

test('an arm is named in full, without its prompt, or by its model', () => {
  const arm = 'patch:p/llama3:8b#1a2b3c';
  for (const wanted of [arm, 'patch:p/llama3:8b', 'p/llama3:8b'])
    expect(isNamed(arm, wanted), wanted).toBe(true);
  for (const wanted of ['patch', 'p/llama3', 'codex:p/llama3:8b', ''])
    expect(isNamed(arm, wanted)).toBe(false);
});

test('R-LRN-4: an arm with an effort is named with it, and is another arm than the one without', () => {
  const arm = 'codex:vertex/claude@20250514#1a2b3c@high';
  expect(readArmName(arm)).toEqual({
    agent: 'codex',
    model: 'vertex/claude@20250514',
    prompt: '1a2b3c',
    effort: 'high',
  });
  expect(armName(readArmName(arm))).toBe(arm);
  for (const wanted of [arm, 'codex:vertex/claude@20250514@high', 'vertex/claude@20250514@high'])
    expect(isNamed(arm, wanted), wanted).toBe(true);
  for (const wanted of ['codex:vertex/claude@20250514', 'vertex/claude@20250514', 'vertex/claude@high'])
    expect(isNamed(arm, wanted), wanted).toBe(false);
});
