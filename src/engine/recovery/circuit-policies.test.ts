import { expect, test } from 'vitest';
import { defaultCircuitPolicy as policy } from '../../resilience/circuit.ts';
import { defaultSettings, settingDefinitions } from '../policy/engine-settings.ts';
import { pauseMsMax } from '../policy/settings/breakers.ts';
import { askedPauseMsMax, circuitPolicyOf, pauseMsOf } from './circuit-policies.ts';
import { liveCircuitPolicy } from './live-circuit-policy.ts';

const secondMs = 1_000;
const minuteMs = 60 * secondMs;

test('R-REC-2: five failures in a minute, thirty seconds, three probes, for all of them', () => {
  for (const kind of ['provider', 'model', 'forge', 'agent', 'git', 'notifier'] as const) {
    expect(circuitPolicyOf(kind)).toMatchObject({
      failureThreshold: 5,
      recoveryTimeoutMs: 30 * secondMs,
      monitoringWindowMs: minuteMs,
      halfOpenMaxCalls: 3,
    });
  }
});

test('the fear: every probe costs money, and there is one every thirty seconds for a day', () => {
  const pauses = [1, 2, 3, 4, 5, 6, 7, 1e9].map((openings) => pauseMsOf(policy, openings));
  const minutes = [0.5, 1, 2, 4, 8, 15, 15, 15];
  expect(pauses).toEqual(minutes.map((each) => each * minuteMs));
});

test('R-REC-1: what a provider asks for is honoured, within a limit, and shortens nothing', () => {
  expect(pauseMsOf(policy, 1, 5 * minuteMs)).toBe(5 * minuteMs);
  expect(pauseMsOf(policy, 4, secondMs)).toBe(4 * minuteMs);
  expect(pauseMsOf(policy, 1, Number.POSITIVE_INFINITY)).toBe(askedPauseMsMax);
});

test('a policy that is more patient than the widest pause is obeyed', () => {
  const patient = { recoveryTimeoutMs: 2 * pauseMsMax };
  expect([1, 9].map((openings) => pauseMsOf(patient, openings))).toEqual([2 * pauseMsMax, 2 * pauseMsMax]);
});

test('R-REC-2: each of the four numbers is a setting, and holds in a circuit that is in use already', () => {
  const settings = { ...defaultSettings };
  const held = liveCircuitPolicy(settings)('model');
  expect(held).toMatchObject({ monitoringWindowMs: minuteMs, halfOpenMaxCalls: 3 });
  Object.assign(settings, {
    circuitFailuresMax: 2,
    circuitRecoveryMs: 7,
    circuitWindowMs: 9,
    circuitProbesMax: 1,
  });
  expect({ ...held }).toMatchObject({
    failureThreshold: 2,
    recoveryTimeoutMs: 7,
    monitoringWindowMs: 9,
    halfOpenMaxCalls: 1,
  });
  const keys = settingDefinitions.map(({ key }) => key);
  for (const name of ['failures', 'recovery_ms', 'window_ms', 'probes'])
    expect(keys).toContain(`settings.breakers.circuit_${name}`);
});
