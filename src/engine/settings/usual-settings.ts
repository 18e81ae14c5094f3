// The default settings.
import { hostname } from 'node:os';
import { nanoUsdPerUsd } from '../../domain/money.ts';
import { defaultCircuitPolicy } from '../../resilience/circuit.ts';
import { defaultAssessmentPolicy } from '../policy/assessment-policy.ts';
import { defaultRecoveryPolicies } from '../policy/default-policies.ts';
import type { EngineSettings } from '../policy/engine-settings.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** Without a data directory and an environment for checks: these belong to the machine. */
export const usualSettings: EngineSettings = {
  dataDirectory: '/nowhere',
  host: hostname(),
  models: { light: [], standard: [], strong: [] },
  defaultAgent: 'patch',
  agentEnvelopeNanoUsdMin: nanoUsdPerUsd,
  fallbackAgents: [],
  reviewer: null,
  assessment: defaultAssessmentPolicy,
  recovery: defaultRecoveryPolicies,
  recoveryMsMax: 24 * hourMs,
  circuitRecoveryMs: defaultCircuitPolicy.recoveryTimeoutMs,
  circuitFailuresMax: defaultCircuitPolicy.failureThreshold,
  circuitWindowMs: defaultCircuitPolicy.monitoringWindowMs,
  circuitProbesMax: defaultCircuitPolicy.halfOpenMaxCalls,
  pauseMsMin: 5_000,
  machineSlotsMax: 8,
  projectSlotsMax: 8,
  providerSlotsMax: 16,
  modelTimeoutMs: 3 * minuteMs,
  modelAttemptsMax: 3,
  outputTokensMax: 16_000,
  contextCharsMax: 200_000,
  checkTimeLimitMs: 15 * minuteMs,
  checkEnvironment: {},
  silenceMsMax: 10 * minuteMs,
  idleMsMax: 10 * minuteMs,
  isolation: 'auto',
  checkNetwork: 'setup',
  grantedPaths: [],
  outputBytesMax: 256 * 1024 * 1024,
  stopGraceMs: 5_000,
  withoutProgress: { agentRunsMax: 12, modelCallsMax: 40, costNanoUsdMax: 10n * nanoUsdPerUsd },
  equalFailuresMax: 3,
  undonePerMinuteMax: 10,
  takeupsMax: 20,
  finishedKeptMs: 14 * 24 * hourMs,
  stuck: { shownMs: 2 * hourMs, escalatedMs: 24 * hourMs },
  escalation: {
    remindAfterMs: 4 * hourMs,
    remindersMax: 5,
    defaultAfterMs: null,
    defaultCostNanoUsdMax: 0n,
  },
};
