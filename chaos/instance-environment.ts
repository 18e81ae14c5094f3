// The environment and the settings of a scratch instance: only the search path is the user's own.
import { defaultRecoveryPolicies } from '../src/engine/policy/default-policies.ts';
import { rowsOfPolicies } from '../src/engine/policy/recovery-rows.ts';
import { scriptedModels } from '../src/models/prices.ts';
import { installAgent } from './work.ts';

/** The recovery table's delays are multiplied by this share; its counts stay the same. */
const hasteShare = 1 / 20;
/** The sessions sleep most of their time: with fewer, on a machine with few processors, work would only wait. */
const sessionsAtOnce = 16;
const callSeconds = 5;
/** An agent waits in silence for a call that hangs, and is not to be stopped for that: as with the usual limits. */
const silentSeconds = 3 * callSeconds;
const secondMs = 1_000;

export async function environmentOf(
  root: string,
  scriptedBaseUrl: string,
  actor: string,
): Promise<Record<string, string>> {
  return {
    PATH: process.env.PATH ?? '',
    HOME: root,
    MOOSE_MODELS: Object.values(scriptedModels).join(','),
    MOOSE_SCRIPTED_BASE_URL: scriptedBaseUrl,
    MOOSE_CLAUDE_PATH: await installAgent(root),
    MOOSE_ACTOR: actor,
    MOOSE_LOG_LEVEL: 'error',
    MOOSE_PORT: '0',
    MOOSE_MACHINE_SLOTS: String(sessionsAtOnce),
    MOOSE_PROJECT_SLOTS: String(sessionsAtOnce),
    MOOSE_CIRCUIT_RECOVERY_MS: '500',
    MOOSE_PAUSE_MS: '200',
    MOOSE_MODEL_TIMEOUT_MS: String(callSeconds * secondMs),
    MOOSE_SILENCE_MS: String(silentSeconds * secondMs),
    MOOSE_IDLE_MS: String(silentSeconds * secondMs),
  };
}

export function hasty() {
  return rowsOfPolicies(defaultRecoveryPolicies).map((row) => ({
    ...row,
    delays_ms: row.delays_ms.map((delayMs) => Math.round(delayMs * hasteShare)),
  }));
}
