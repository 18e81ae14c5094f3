import { expect, test } from 'vitest';
import { PermanentError } from '../../domain/failure.ts';
import { defaultRecoveryPolicies } from '../policy/default-policies.ts';
import { decideRecovery } from '../policy/recovery-policy.ts';
import { toMooseError } from './to-moose-error.ts';

const failure = (message: string) =>
  new PermanentError({ code: 'CHECK_FAILED', component: 'pipeline', operation: 'verifying', message });

test('R-FAIL-1: what is not ours is named as a defect, with what was thrown as its cause', () => {
  const ours = failure('x');
  expect(toMooseError(ours, 'a', 'b')).toBe(ours);
  const raw = new RangeError('off by one');
  expect(toMooseError(raw, 'pipeline', 'routing')).toMatchObject({
    code: 'UNEXPECTED',
    component: 'pipeline',
    operation: 'routing',
    cause: raw,
    failureClass: 'unknown',
    message: 'Unexpected error: off by one',
  });
  const wordless = {
    toString: () => {
      throw new Error('no words');
    },
  };
  const bare: unknown = Object.create(null);
  for (const thrown of ['a string', null, undefined, 7, {}, new Error(''), bare, wordless, Symbol('s'), 3n])
    expect(toMooseError(thrown, 'a', 'b').message).toMatch(/error: .+/);
});

test('R-FAIL-1: an error whose fields cannot be read is named as a defect too', () => {
  const trap = () => {
    throw new Error('the trap');
  };
  const revoked = Proxy.revocable(new Error('gone'), {});
  revoked.revoke();
  const hostile = [
    Object.defineProperty(new Error('x'), 'message', { get: trap }),
    Object.defineProperty(new Error('x'), 'code', { get: trap }),
    Object.assign(new Error('x'), { message: Symbol('s') }),
    Object.assign(new Error('x'), { code: Object.create(null) }),
    Object.assign(new Error(''), { name: Symbol('s') }),
    new Proxy(new Error('x'), { get: trap }),
    revoked.proxy,
  ];
  for (const thrown of hostile)
    expect(toMooseError(thrown, 'pipeline', 'routing')).toMatchObject({
      code: 'UNEXPECTED',
      component: 'pipeline',
      message: 'Unexpected error: no message (an object whose fields cannot be read)',
    });
});

const steps = [
  'routing',
  'preparing',
  'generating',
  'applying',
  'verifying',
  'creating_pr',
  'tracking',
] as const;

test.each(['EMFILE', 'ENFILE'])(
  'fear: too many files are open (%s), and each work order becomes a question',
  (code) => {
    const error = toMooseError(Object.assign(new Error('it refused'), { code }), 'git', 'clone');
    expect(error).toMatchObject({ code: 'TOO_MANY_FILES', category: 'transient', type: 'resource' });
    for (const step of steps)
      for (const pauses of [0, 100]) {
        const decision = decideRecovery(defaultRecoveryPolicies, step, error, { retries: 0, pauses });
        expect(decision).toMatchObject({ act: 'pause' });
      }
  },
);

test.each([
  ['EAGAIN', 'OUT_OF_PROCESSES'],
  ['ENOMEM', 'OUT_OF_MEMORY'],
])('R-REC-6, R-GO-9: what the machine is short of (%s) is waited for', (code, named) => {
  const error = toMooseError(Object.assign(new Error('it refused'), { code }), 'sessions', 'start');
  expect(error).toMatchObject({ code: named, category: 'transient', type: 'resource' });
  for (const step of ['preparing', 'applying', 'verifying'] as const) {
    const decision = decideRecovery(defaultRecoveryPolicies, step, error, { retries: 0, pauses: 0 });
    expect(decision).toMatchObject({ act: 'pause', isLimited: true });
  }
});

test.each([
  ['EROFS', 'DISK_READ_ONLY'],
  ['EIO', 'DISK_FAILS'],
  ['EUCLEAN', 'DISK_FAILS'],
  ['ESHUTDOWN', 'DISK_FAILS'],
])('R-BASE-2: fear: the disk fails (%s), and work ends in place of waiting', (code, named) => {
  const error = toMooseError(Object.assign(new Error('it refused'), { code }), 'sessions', 'start');
  expect(error).toMatchObject({ code: named, type: 'resource' });
  for (const step of steps) {
    const decision = decideRecovery(defaultRecoveryPolicies, step, error, { retries: 0, pauses: 0 });
    expect(decision, step).toMatchObject({ act: 'pause' });
  }
});

test.each([['ENOSPC', 'DISK_FULL']])(
  'R-FAIL-2: what the machine refuses (%s) is named %s, a lack of resources',
  (code, named) => {
    const raw = Object.assign(new Error('it refused'), { code });
    expect(toMooseError(raw, 'git', 'clone')).toMatchObject({
      code: named,
      category: 'configuration',
      type: 'resource',
      recoverability: 'fatal',
      retryable: false,
    });
  },
);
