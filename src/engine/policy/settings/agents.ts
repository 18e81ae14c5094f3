// Agents, checks, and the limits of their sessions.
import { type EgressSetting, egressSettings } from '../../../domain/machine/egress.ts';
import {
  type CheckNetwork,
  checkNetworks,
  type GrantedPath,
  type IsolationSetting,
  isolationSettings,
  type Viewers,
  viewers,
} from '../../../domain/machine/session.ts';
import { nanoUsdPerUsd } from '../../../domain/money.ts';
import { workOrderLimits } from '../../../domain/work-order/work-order.ts';
import { fixed } from './definition.ts';
import { duration, integer, nameSchema, names, oneOf, usd, whole } from './kinds.ts';
import { logins } from './logins.ts';

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const dayMs = 24 * 60 * minuteMs;

/** Without isolation, a session can do everything that the user of Moose can. */
export const isolationKey = 'settings.agents.isolation';

/** With an open network, setup and checks can send what they see to anybody. */
export const egressKey = 'settings.agents.egress';

export const agents = {
  viewers: whole<Viewers>({
    key: 'settings.agents.viewers',
    default: 'tmux',
    kind: 'choice',
    choices: viewers,
    schema: oneOf(viewers),
    title: 'Watch agents in tmux',
    help: 'tmux: where tmux is installed, each running agent has a tmux session that shows its output; `moose attach ID --tmux` opens it. Nothing depends on it.',
  }),
  defaultAgent: whole<string>({
    key: 'settings.agents.default',
    environment: 'MOOSE_AGENT',
    default: 'patch',
    kind: 'choice',
    namesOf: 'agent',
    schema: nameSchema,
    title: 'Agent',
    help: 'The agent for work orders if neither the work order nor its project names one. Takes effect with the next run.',
  }),
  fallbackAgents: whole<readonly string[]>({
    key: 'settings.agents.fallback',
    environment: 'MOOSE_FALLBACK_AGENTS',
    default: [],
    kind: 'agents',
    namesOf: 'agent',
    schema: names({ min: 0 }),
    title: 'Fallback agents',
    help: 'Moose tries these in order if an agent is not installed or keeps crashing. Without fallback agents, Moose asks a person.',
  }),
  /** Isolation of sessions (R-BUD-6, R-SEC-5). */
  isolation: whole<IsolationSetting>({
    key: isolationKey,
    environment: 'MOOSE_ISOLATION',
    environmentAliases: { required: 'require' },
    environmentHelp:
      'Isolated agents and checks see only their worktree, a home directory of their own and the installed tools, and reach only the gateway. `moose doctor` shows what is possible.',
    default: 'auto',
    kind: 'choice',
    choices: isolationSettings,
    schema: oneOf(isolationSettings),
    title: 'Isolation of agents and checks',
    help: 'auto: isolate as far as the machine allows. require: refuse to start an agent without isolation. off: no isolation. Takes effect with the next session.',
  }),
  /** Network access of sessions (R-SEC-6). */
  egress: whole<EgressSetting>({
    key: egressKey,
    environment: 'MOOSE_EGRESS',
    environmentHelp:
      'Takes effect where sessions are isolated; `moose doctor` shows it, and each session says what it could reach.',
    default: 'listed',
    kind: 'choice',
    choices: egressSettings,
    schema: oneOf(egressSettings),
    title: 'Network of setup and checks',
    help: 'What setup and checks with a network can reach. listed: package registries, and the hosts under egress in .moose/config.yml. open: everything that the machine can reach. Takes effect with the next session.',
  }),
  /** An agent's first call already reserves money for the agent's instructions and tools, at their maximum cost. */
  agentEnvelopeNanoUsdMin: usd({
    key: 'settings.agents.envelope_usd',
    environment: 'MOOSE_AGENT_ENVELOPE_USD',
    default: nanoUsdPerUsd,
    min: 0.01,
    max: 10_000,
    title: 'First envelope for an agent',
    help: 'The smallest amount that Moose reserves for a run whose agent calls models itself.',
  }),
  envelopeStepNanoUsd: usd({
    key: 'settings.agents.envelope_step_usd',
    default: nanoUsdPerUsd,
    min: 0.01,
    max: 10_000,
    title: 'Step of an envelope',
    help: 'When an agent that calls models itself needs more money, Moose reserves this much more at a time, up to the limit of the work order; without a limit, up to what agents of this kind usually need. Takes effect with the next envelope.',
  }),
  agentCyclesMax: integer({
    key: 'settings.agents.refinement_cycles',
    default: workOrderLimits.refinementCyclesMax,
    min: 0,
    max: 20,
    title: 'Refinement cycles of a coding agent',
    help: 'How often a coding agent is started again because of a red check or a review, before Moose asks a person. Each cycle may cost as much as the first. Takes effect with the next work order; a retry allows three more.',
  }),
  silenceMsMax: duration({
    key: 'settings.agents.silence_ms',
    environment: 'MOOSE_SILENCE_MS',
    default: 10 * minuteMs,
    min: secondMs,
    max: dayMs,
    title: 'Silence limit of an agent or a check',
    help: 'An agent or a check that prints nothing for this long is stopped and fails. Takes effect with the next session.',
  }),
  startMsMax: duration({
    key: 'settings.agents.start_ms',
    environment: 'MOOSE_AGENT_START_MS',
    default: 110 * secondMs,
    min: secondMs,
    max: dayMs,
    title: 'Start limit of an agent',
    help: 'An agent that has neither printed anything nor called a model for this long after its start is stopped, and gets a fresh attempt. Takes effect with the next session.',
  }),
  exitMsMax: duration({
    key: 'settings.agents.exit_ms',
    default: 15 * secondMs,
    min: secondMs,
    max: dayMs,
    title: 'Exit limit of an agent',
    help: 'An agent that has told its result, and whose process then prints nothing and calls no model for this long, is stopped; its work counts. Takes effect with the next session.',
  }),
  idleMsMax: duration({
    key: 'settings.agents.idle_ms',
    environment: 'MOOSE_IDLE_MS',
    default: 10 * minuteMs,
    min: secondMs,
    max: dayMs,
    title: 'Idle limit of an agent',
    help: 'An agent that calls no model for this long is stopped and fails.',
  }),
  logins,
  /** The whole environment of a project's checks, without Moose's keys and Moose's own tools. */
  checkEnvironment: fixed<Readonly<Record<string, string>>>({}),
  checkNetwork: fixed<CheckNetwork>(checkNetworks[0]),
  /** Paths that agents and checks can see in addition to what every session sees. */
  grantedPaths: fixed<readonly GrantedPath[]>([]),
  /** A session that prints more than this is stopped. */
  outputBytesMax: fixed(256 * 1024 * 1024),
  stopGraceMs: fixed(5 * secondMs),
};
