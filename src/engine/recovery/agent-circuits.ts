// The circuits of an agent (R-GO-3): its failures count per project and machine, so that one hostile project, or one broken
// machine, delays only its own work.
import { isMooseError, type MooseError } from '../../domain/failure.ts';
import { type Classify, outcomeOf } from '../../resilience/outcome-of.ts';
import type { CircuitKey } from './circuit.ts';
import type { Circuits } from './circuits.ts';

export interface AgentCall {
  agent: string;
  /** The name of this machine, which is unique on its database. */
  host: string;
  project: string;
}

/** So many projects have to fail before their machine is taken for the cause, and so many machines before the agent is. */
const failingMin = 2;

/**
 * Failures that say nothing about the agent: a person may have given it too little time, or Moose or its machine did not
 * serve it.
 */
const ofOthers = new Set(['AGENT_TIMED_OUT', 'AGENT_UNSERVED']);

/** Only what the agent itself did counts: not the gateway, a lock in git, or a broken worktree. */
const ofTheAgent: Classify = (failure) =>
  isMooseError(failure) && failure.component === 'agents' && !ofOthers.has(failure.code)
    ? outcomeOf(failure)
    : 'ignored';

const wholeOf = (agent: string): CircuitKey => `agent:${agent}`;

/** The narrowest circuit. */
export function circuitInProject({ agent, host, project }: AgentCall): CircuitKey {
  return `${wholeOf(agent)}@${host}/${project}`;
}

/**
 * Calls through the circuits of the agent, of the agent on this machine, and of the agent on this machine in this
 * project. The first two open only if several of those below them are open.
 */
export async function throughAgentCircuits<T>(
  circuits: Pick<Circuits, 'through' | 'states' | 'trip'>,
  agentCall: AgentCall,
  signal: AbortSignal,
  call: () => Promise<T>,
): Promise<T> {
  const ofAll = wholeOf(agentCall.agent);
  const ofMachine: CircuitKey = `${ofAll}@${agentCall.host}`;
  // While a wider circuit is closed, a failure of one project proves nothing; a failed probe keeps an open one open.
  const wider =
    (key: CircuitKey): Classify =>
    (failure) =>
      isShut(circuits, key) ? ofTheAgent(failure) : 'ignored';
  const inProject = () => circuits.through([circuitInProject(agentCall)], signal, call, ofTheAgent);
  const onMachine = () => circuits.through([ofMachine], signal, inProject, wider(ofMachine));
  try {
    return await circuits.through([ofAll], signal, onMachine, wider(ofAll));
  } catch (cause) {
    if (isMooseError(cause) && ofTheAgent(cause) === 'failure') {
      openIfSeveral(circuits, ofMachine, (key) => key.startsWith(`${ofMachine}/`), cause);
      openIfSeveral(circuits, ofAll, (key) => key.startsWith(`${ofAll}@`) && !key.includes('/'), cause);
    }
    throw cause;
  }
}

function openIfSeveral(
  circuits: Pick<Circuits, 'states' | 'trip'>,
  key: CircuitKey,
  isBelow: (key: CircuitKey) => boolean,
  failure: MooseError,
): void {
  const shut = circuits.states().filter((each) => each.phase !== 'closed' && isBelow(each.key));
  if (shut.length >= failingMin && !isShut(circuits, key)) circuits.trip(key, failure);
}

function isShut({ states }: Pick<Circuits, 'states'>, asked: CircuitKey): boolean {
  return states().some(({ key, phase }) => key === asked && phase !== 'closed');
}

/** Whether it is a circuit of this agent, anywhere. */
export function isCircuitOfAgent(key: string, agent: string): boolean {
  return key === wholeOf(agent) || key.startsWith(`${wholeOf(agent)}@`);
}
