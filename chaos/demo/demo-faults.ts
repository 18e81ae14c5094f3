// The faults of `moose demo --fault`: those of the chaos suite that somebody understands without knowing Moose.

import type { DemoFault } from '../../src/contract/contract.ts';
import { nearNames } from '../../src/domain/text/near-names.ts';
import { chaosFailures } from '../failure-catalogue.ts';
import type { Scenario } from '../scenario.ts';
import { agentHangs } from '../scenarios/agent-hangs.ts';
import { agentKilled } from '../scenarios/agent-killed.ts';
import { databaseCut } from '../scenarios/database-cut.ts';
import { gatewayKilled } from '../scenarios/gateway-killed.ts';
import { providerGarbage } from '../scenarios/provider-garbage.ts';
import { providerHangs } from '../scenarios/provider-hangs.ts';
import { providerLimited } from '../scenarios/provider-limited.ts';
import { providerOverloaded } from '../scenarios/provider-overloaded.ts';
import { workerKilled } from '../scenarios/worker-killed.ts';

export interface Injury {
  title: string;
  scenario: Scenario;
}

const injuries: readonly Injury[] = [
  { title: 'Let the provider refuse calls', scenario: providerLimited },
  { title: 'Overload the provider', scenario: providerOverloaded },
  { title: 'Let the provider hang', scenario: providerHangs },
  { title: 'Let the provider answer garbage', scenario: providerGarbage },
  { title: 'Kill the agent', scenario: agentKilled },
  { title: 'Let the agent hang', scenario: agentHangs },
  { title: 'Kill the worker', scenario: workerKilled },
  { title: 'Kill the gateway', scenario: gatewayKilled },
  { title: 'Cut the database connections', scenario: databaseCut },
];

export const demoFaults: readonly DemoFault[] = injuries.map(({ title, scenario }) => ({
  name: scenario.name,
  title,
  does: scenario.does,
  expects: scenario.isTransient ? 'recovery' : 'question',
}));

/** @throws ConfigurationError DEMO_FAULT_UNKNOWN */
export function findInjury(name: string): Injury {
  const found = injuries.find(({ scenario }) => scenario.name === name);
  if (found) return found;
  const known = demoFaults.map((fault) => fault.name);
  throw chaosFailures.DEMO_FAULT_UNKNOWN('findInjury', {
    name: JSON.stringify(name),
    near: String(nearNames(name, known)[0] ?? known[0]),
  });
}
