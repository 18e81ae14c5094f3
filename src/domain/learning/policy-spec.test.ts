import { expect, test } from 'vitest';
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
