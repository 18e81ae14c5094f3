import { expect, test } from 'vitest';
import {
  ConfigurationError,
  ExternalServiceError,
  PermanentError,
  TransientError,
} from '../../domain/failure.ts';
import { errorRow } from './record-failure.ts';

const made = { id: '0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b', at: new Date('2026-01-02T03:04:05.678Z') };
const base = { code: 'X', component: 'pipeline', operation: 'o', message: 'It failed.' };
const metadataOf = (error: PermanentError) =>
  JSON.parse(String(errorRow(error, {}, made).metadata)) as Record<string, unknown>;

test('R-FAIL-5: whatever form the evidence of a process came in, it is kept in one, and missing streams are said to be missing', () => {
  const flat = {
    command: 'npm test',
    exitCode: 1,
    signal: null,
    stdoutTail: 'out',
    stderrTail: null,
    durationMs: 12,
  };
  expect(metadataOf(new PermanentError({ ...base, metadata: flat }))).toMatchObject({
    process: flat,
    hasWholeEvidence: false,
  });
  const whole = { ...flat, stderrTail: '' };
  expect(metadataOf(new PermanentError({ ...base, metadata: { process: whole } }))).toMatchObject({
    process: whole,
    hasWholeEvidence: true,
  });
  expect(metadataOf(new PermanentError({ ...base, component: 'agents' }))).toMatchObject({
    process: {
      command: null,
      exitCode: null,
      signal: null,
      stdoutTail: null,
      stderrTail: null,
      durationMs: null,
    },
    hasWholeEvidence: false,
  });
  expect(metadataOf(new PermanentError(base))).not.toHaveProperty('process');
});

test.each([
  [
    'a cut connection to a model',
    new TransientError({ ...base, component: 'models' }),
    'network',
    'recoverable',
  ],
  ['a failed test', new PermanentError({ ...base, failureClass: 'test_fail' }), 'validation', 'recoverable'],
  [
    'a used-up budget',
    new PermanentError({ ...base, failureClass: 'budget_exceeded' }),
    'resource',
    'degradable',
  ],
  ['a provider that is out', new ExternalServiceError(base), 'network', 'degradable'],
  ['a wrong setting', new ConfigurationError({ ...base, advice: 'Mend it.' }), 'validation', 'fatal'],
  ['a timeout', new TransientError({ ...base, failureClass: 'timeout' }), 'timeout', 'recoverable'],
  [
    'what the thrower says',
    new PermanentError({ ...base, type: 'process', recoverability: 'degradable' }),
    'process',
    'degradable',
  ],
])('R-FAIL-2: %s has a type and a recoverability', (_, error, type, recoverability) => {
  expect(errorRow(error, {}, made)).toMatchObject({ type, recoverability });
});

test('R-FAIL-6: a rule that decided is kept with how sure it is, and a confidence that is none is left out', () => {
  const told = new PermanentError({ ...base, metadata: { rule: 'node.jest', confidence: 0.95 } });
  expect(errorRow(told, {}, made)).toMatchObject({ rule: 'node.jest', confidence: 0.95 });
  expect(errorRow(told, { rule: 'other', confidence: 0.5 }, made)).toMatchObject({
    rule: 'other',
    confidence: 0.5,
  });
  const strange = new PermanentError({ ...base, metadata: { confidence: 7, sessionId: 'no id' } });
  expect(errorRow(strange, {}, made)).toMatchObject({ rule: null, confidence: null, sessionId: null });
});

test('R-REC-8: a row is bounded, whatever is in its metadata: cycles, streams of megabytes, and what JSON cannot say', () => {
  const cyclic: Record<string, unknown> = {
    n: 1n,
    when: new Date(Number.NaN),
    call: () => 1,
    bytes: Buffer.alloc(9),
  };
  cyclic.self = cyclic;
  const long = { log: `${'x'.repeat(5_000_000)}the end`, list: Array.from({ length: 100_000 }, (_, n) => n) };
  const row = errorRow(
    new PermanentError({ ...base, message: 'm'.repeat(1e6), metadata: { cyclic, long } }),
    {},
    made,
  );
  expect(JSON.stringify(row).length).toBeLessThan(600_000);
  expect(JSON.parse(String(row.metadata))).toMatchObject({
    cyclic: { n: '1', when: null, call: '[function]', bytes: '[9 bytes]', self: { self: {} } },
    long: { log: expect.stringMatching(/^…x+the end$/) },
  });
  const knot: Record<string, unknown> = {};
  for (let n = 0; n < 50; n += 1) knot[`self${n}`] = knot;
  expect(
    String(errorRow(new PermanentError({ ...base, metadata: { knot } }), {}, made).metadata).length,
  ).toBeLessThan(600_000);
  const many = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`log${n}`, 'y'.repeat(1e6)]));
  const cut = errorRow(new PermanentError({ ...base, metadata: many }), {}, made);
  expect(String(cut.metadata).length).toBeLessThan(100_000);
  expect(JSON.parse(String(cut.metadata))).toMatchObject({ isCut: true });
});
