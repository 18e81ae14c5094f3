// The known agents, with the outcomes of their runs.
import type { Clock } from '../../stdx/clock.ts';
import type { Database } from '../../store/database.ts';
import { allCircuits, type CircuitRow } from '../../store/failures/circuit-states.ts';
import { agentOutcomes } from '../../store/figures/agent-outcomes.ts';
import type { KnownNames } from '../commands/refuse-unknown.ts';
import { worst } from './ask-models.ts';
import type { LiveSettings } from './live-settings.ts';

export interface AgentView {
  name: string;
  is_usual: boolean;
  calls_models: boolean;
  circuit: CircuitRow['phase'];
  runs_24h: number;
  good_24h: number;
  last_success: string | null;
}

interface AgentDeps {
  database: Database;
  clock: Clock;
  known: KnownNames;
  settings: LiveSettings;
}

const dayMs = 24 * 3_600_000;

/** Includes agents that were never used. */
export function askAgents({ database, clock, known, settings }: AgentDeps) {
  return async (): Promise<AgentView[]> => {
    await settings.read();
    const since = new Date(clock.now().getTime() - dayMs);
    const outcomes = await database.run((query) => agentOutcomes(query, since));
    const circuits = await database.run(allCircuits);
    const byName = new Map(outcomes.map((one) => [one.agent, one]));
    return known.agentNames.map((name) => {
      const { runs = 0, good = 0, lastSuccess = null } = byName.get(name) ?? {};
      return {
        name,
        is_usual: name === settings.current.defaultAgent,
        calls_models: known.callsModels?.(name) ?? false,
        circuit: worst(circuits, [`agent:${name}`]),
        ...{ runs_24h: runs, good_24h: good, last_success: lastSuccess?.toISOString() ?? null },
      };
    });
  };
}
