// Every scenario, by name.

import { nearNames } from '../src/domain/text/near-names.ts';
import { chaosFailures } from './failure-catalogue.ts';
import type { Scenario } from './scenario.ts';
import { agentCrashes } from './scenarios/agent-crashes.ts';
import { agentFrozen } from './scenarios/agent-frozen.ts';
import { agentHangs } from './scenarios/agent-hangs.ts';
import { agentKilled } from './scenarios/agent-killed.ts';
import { baseMoved } from './scenarios/base-moved.ts';
import { branchDeleted } from './scenarios/branch-deleted.ts';
import { branchPushedOver } from './scenarios/branch-pushed-over.ts';
import { checkFrozen } from './scenarios/check-frozen.ts';
import { checkKilled } from './scenarios/check-killed.ts';
import { clockBackward } from './scenarios/clock-backward.ts';
import { clockDiffers } from './scenarios/clock-differs.ts';
import { clockForward } from './scenarios/clock-forward.ts';
import { cpuPressure } from './scenarios/cpu-pressure.ts';
import { databaseAway } from './scenarios/database-away.ts';
import { databaseCut } from './scenarios/database-cut.ts';
import { databaseFull } from './scenarios/database-full.ts';
import { databaseLocked } from './scenarios/database-locked.ts';
import { databaseSilent } from './scenarios/database-silent.ts';
import { databaseSlow } from './scenarios/database-slow.ts';
import { diskFull } from './scenarios/disk-full.ts';
import { everythingKilled } from './scenarios/everything-killed.ts';
import { forgeAnswerLost } from './scenarios/forge-answer-lost.ts';
import { gatewayFrozen } from './scenarios/gateway-frozen.ts';
import { gatewayKilled } from './scenarios/gateway-killed.ts';
import { gitLocked } from './scenarios/git-locked.ts';
import { launcherKilled } from './scenarios/launcher-killed.ts';
import { machineAsleep } from './scenarios/machine-asleep.ts';
import { machinePartitioned } from './scenarios/machine-partitioned.ts';
import { memoryPressure } from './scenarios/memory-pressure.ts';
import { networkCut } from './scenarios/network-cut.ts';
import { postgresFrozen } from './scenarios/postgres-frozen.ts';
import { postgresKilled } from './scenarios/postgres-killed.ts';
import { providerBroken } from './scenarios/provider-broken.ts';
import { providerCuts } from './scenarios/provider-cuts.ts';
import { providerGarbage } from './scenarios/provider-garbage.ts';
import { providerHangs } from './scenarios/provider-hangs.ts';
import { providerLimited } from './scenarios/provider-limited.ts';
import { providerLimitedUntold } from './scenarios/provider-limited-untold.ts';
import { providerOverloaded } from './scenarios/provider-overloaded.ts';
import { providerPage } from './scenarios/provider-page.ts';
import { providerResets } from './scenarios/provider-resets.ts';
import { pushRefused } from './scenarios/push-refused.ts';
import { pushTooLarge } from './scenarios/push-too-large.ts';
import { serverFrozen } from './scenarios/server-frozen.ts';
import { serverKilled } from './scenarios/server-killed.ts';
import { strayCommit } from './scenarios/stray-commit.ts';
import { tmuxKilled } from './scenarios/tmux-killed.ts';
import { workerFrozen } from './scenarios/worker-frozen.ts';
import { workerFrozenAtPoint } from './scenarios/worker-frozen-at-point.ts';
import { workerGivenUp } from './scenarios/worker-given-up.ts';
import { workerKilled } from './scenarios/worker-killed.ts';
import { workerKilledAtPoint } from './scenarios/worker-killed-at-point.ts';
import { worktreeRemoved } from './scenarios/worktree-removed.ts';

export const scenarios: readonly Scenario[] = [
  agentCrashes,
  agentFrozen,
  agentHangs,
  agentKilled,
  baseMoved,
  branchDeleted,
  branchPushedOver,
  checkFrozen,
  checkKilled,
  clockBackward,
  clockDiffers,
  clockForward,
  cpuPressure,
  databaseAway,
  databaseCut,
  databaseFull,
  databaseLocked,
  databaseSilent,
  databaseSlow,
  diskFull,
  everythingKilled,
  forgeAnswerLost,
  gatewayFrozen,
  gatewayKilled,
  gitLocked,
  launcherKilled,
  machineAsleep,
  machinePartitioned,
  memoryPressure,
  networkCut,
  postgresFrozen,
  postgresKilled,
  providerBroken,
  providerCuts,
  providerGarbage,
  providerHangs,
  providerLimited,
  providerLimitedUntold,
  providerOverloaded,
  providerPage,
  providerResets,
  pushRefused,
  pushTooLarge,
  serverFrozen,
  serverKilled,
  strayCommit,
  tmuxKilled,
  workerFrozen,
  workerFrozenAtPoint,
  workerGivenUp,
  workerKilled,
  workerKilledAtPoint,
  worktreeRemoved,
];

/** The scenarios with these names, in the list's order; all if no name is given. @throws CHAOS_SCENARIO_UNKNOWN */
export function chooseScenarios(names: readonly string[]): readonly Scenario[] {
  if (names.length === 0) return scenarios;
  const known = scenarios.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return scenarios.filter(({ name }) => names.includes(name));
  throw chaosFailures.CHAOS_SCENARIO_UNKNOWN('choose', {
    name: JSON.stringify(unknown),
    near: nearNames(unknown, known).slice(0, 3).join(', ') || String(known[0]),
  });
}
