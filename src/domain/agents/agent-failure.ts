// A failed run of a coding agent, as one error for all agents. The kind comes from the agent's output (read by its
// adapter), or from the gateway's ledger, which saw the real answers.

import type { RaisedFacts } from '../catalogue.ts';
import type { MooseError } from '../failure.ts';
import { agentFailures } from './agent-failure-catalogue.ts';
import type { CallFailureKind } from './model-call.ts';
import { refusedMemberIn } from './refused-member.ts';

/** Failures of an agent beyond those of its calls. */
export const ownFailureKinds = [
  'refused',
  'cut_off',
  'turn_limit',
  'output_limit',
  'repetition',
  'usage_limit',
  'failed',
] as const;

export type AgentFailureKind = CallFailureKind | (typeof ownFailureKinds)[number];

export interface FailedAgent {
  /** The agent's name in settings: `claude-code`. */
  agent: string;
  /** Its name for people: `Claude Code`. */
  title: string;
  kind: AgentFailureKind;
  /** The agent's message, or the answer that the agent got. Its length has no limit. */
  said: string;
  /** The HTTP status of that answer, if there was one. */
  status?: number | null;
  /** How long the provider asked to wait. */
  retryAfterMs?: number | null;
  /** The circuit that counts this failure; absent: the agent's own circuit. */
  circuit?: string;
  metadata?: Readonly<Record<string, unknown>>;
}

/** Failures that every other run of this agent would have too: the agent's circuit counts them. */
const ofTheProvider: ReadonlySet<AgentFailureKind> = new Set([
  'quota',
  'rate_limited',
  'overloaded',
  'provider_down',
  'unreachable',
  'timeout',
  'cut_stream',
  'malformed',
]);

const isAboutRequest: ReadonlySet<AgentFailureKind> = new Set(['bad_request', 'refused_feature']);

/** The wait if a subscription is used up and the program names no time. */
const usageLimitMs = 60 * 60_000;

/** How much of the agent's message goes into an error. */
const saidCharsMax = 500;

export function failureOfAgent(failed: FailedAgent): MooseError {
  const { agent, title, kind, status = null, retryAfterMs = null, circuit = `agent:${agent}` } = failed;
  const said = failed.said.replaceAll(/\s+/g, ' ').trim().slice(0, saidCharsMax).replace(/\.$/, '');
  const facts = { ...failed.metadata, agent, kind, status, said };
  const member = isAboutRequest.has(kind) ? refusedMemberIn(failed.said) : null;
  if (member !== null)
    return agentFailures[kind === 'refused_feature' ? 'AGENT_MEMBER_REFUSED_HERE' : 'AGENT_MEMBER_REFUSED'](
      { operation: 'report', metadata: { ...facts, member } },
      { title, member, said },
    );
  return errorOf[kind](
    {
      operation: 'report',
      metadata: ofTheProvider.has(kind) ? { ...facts, circuit } : facts,
      ...(retryAfterMs === null ? {} : { retryAfterMs }),
    },
    title,
    said === '' ? 'it gave no reason' : said,
    status === null ? '' : ` (HTTP ${status})`,
  );
}

type MakeError = (rest: RaisedFacts, title: string, said: string, status: string) => MooseError;

const down: MakeError = (rest, title, said, status) =>
  agentFailures.AGENT_PROVIDER_DOWN(rest, { title, status, said });

const unserved: MakeError = (rest, title, said, status) =>
  agentFailures.AGENT_UNSERVED(rest, { title, status, said });

const failed: MakeError = (rest, title, said) => agentFailures.AGENT_FAILED(rest, { title, said });

const errorOf: Record<AgentFailureKind, MakeError> = {
  refused: (rest, _title, said) => agentFailures.AGENT_REFUSED(rest, { said }),
  cut_off: (rest, title, said) => agentFailures.AGENT_CUT_OFF(rest, { title, said }),
  budget_exceeded: (rest, title, said) => agentFailures.AGENT_BUDGET_REPORTED(rest, { title, said }),
  quota: (rest, title, said, status) => agentFailures.AGENT_QUOTA(rest, { title, status, said }),
  // Only a session with a login can have this failure. It says nothing about the agent itself, so no circuit counts it.
  usage_limit: (rest, title, said) =>
    agentFailures.AGENT_USAGE_LIMIT(
      { ...rest, retryAfterMs: rest.retryAfterMs ?? usageLimitMs },
      { title, said },
    ),
  authentication: (rest, title, said, status) =>
    agentFailures.AGENT_AUTHENTICATION(rest, { title, status, said }),
  model_not_found: (rest, title, said, status) =>
    agentFailures.AGENT_MODEL_NOT_FOUND(rest, { title, status, said }),
  model_stopped: (rest, title, said) => agentFailures.AGENT_MODEL_STOPPED(rest, { title, said }),
  unpriced: (rest, title, said) => agentFailures.AGENT_MODEL_UNPRICED(rest, { title, said }),
  refused_feature: (rest, title, said) => agentFailures.AGENT_FEATURE_REFUSED(rest, { title, said }),
  context_too_long: (rest, title, said, status) =>
    agentFailures.AGENT_CONTEXT_TOO_LONG(rest, { title, status, said }),
  rate_limited: (rest, title, said, status) =>
    agentFailures.AGENT_RATE_LIMITED(rest, { title, status, said }),
  overloaded: down,
  provider_down: down,
  unreachable: down,
  timeout: down,
  cut_stream: down,
  malformed: down,
  circuit_open: unserved,
  ledger_away: unserved,
  braked: (rest, title, said) => agentFailures.AGENT_BRAKED(rest, { title, said }),
  repetition: (rest, title, said) => agentFailures.AGENT_REPETITION(rest, { title, said }),
  turn_limit: (rest, title, said) => agentFailures.AGENT_TURN_LIMIT(rest, { title, said }),
  output_limit: (rest, title, said) => agentFailures.AGENT_OUTPUT_LIMIT(rest, { title, said }),
  bad_request: (rest, title, said, status) => agentFailures.AGENT_BAD_REQUEST(rest, { title, status, said }),
  client_gone: failed,
  failed,
};
