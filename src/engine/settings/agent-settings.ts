// Settings for agents and their limits.
import { isolationWishes } from '../../domain/session.ts';
import { engineSetting, type SettingDefinition } from './definition.ts';
import { durationSetting, nameSchema, names, oneOf, usdIn } from './kinds.ts';

const second = 1_000;
const day = 24 * 3_600 * second;
const group = 'agents' as const;

export const agentSettings: readonly SettingDefinition[] = [
  engineSetting({
    ...{ key: 'settings.agents.default', group, kind: 'choice', namesOf: 'agent', schema: nameSchema },
    environment: 'MOOSE_AGENT',
    title: 'Agent',
    help: 'The agent for work orders that name none, in projects that name none. Takes effect with the next run.',
    read: ({ defaultAgent }) => defaultAgent,
    write: (_, defaultAgent) => ({ defaultAgent }),
  }),
  engineSetting({
    ...{
      key: 'settings.agents.fallback',
      group,
      kind: 'agents',
      namesOf: 'agent',
      schema: names({ min: 0 }),
    },
    environment: 'MOOSE_FALLBACK_AGENTS',
    title: 'Fallback agents',
    help: 'Tried in order if an agent is not installed or keeps crashing. Without any, Moose asks a person.',
    read: ({ fallbackAgents }) => [...fallbackAgents],
    write: (_, fallbackAgents) => ({ fallbackAgents }),
  }),
  engineSetting({
    ...{ key: 'settings.agents.isolation', group, kind: 'choice', choices: isolationWishes },
    schema: oneOf(isolationWishes),
    environment: 'MOOSE_ISOLATION',
    title: 'Isolation of agents and checks',
    help: 'auto: as far as the machine allows. require: refuse to start an agent without it. off: none. Takes effect with the next session.',
    read: ({ isolation }) => isolation,
    write: (_, isolation) => ({ isolation }),
  }),
  usdIn({
    ...{ key: 'settings.agents.envelope_usd', group, min: 0.01, max: 10_000 },
    environment: 'MOOSE_AGENT_ENVELOPE_USD',
    title: 'Minimum envelope for an agent',
    help: 'The least that Moose reserves for a run whose agent calls models itself.',
    read: ({ agentEnvelopeNanoUsdMin }) => agentEnvelopeNanoUsdMin,
    write: (_, agentEnvelopeNanoUsdMin) => ({ agentEnvelopeNanoUsdMin }),
  }),
  durationSetting({
    ...{ key: 'settings.agents.silence_ms', group, of: 'silenceMsMax', min: second, max: day },
    environment: 'MOOSE_SILENCE_MS',
    title: 'Silence limit of an agent or a check',
    help: 'One that prints nothing for this long is stopped and fails. Takes effect with the next session.',
  }),
  durationSetting({
    ...{ key: 'settings.agents.idle_ms', group, of: 'idleMsMax', min: second, max: day },
    environment: 'MOOSE_IDLE_MS',
    title: 'Idle limit of an agent',
    help: 'An agent that calls no model for this long is stopped and fails.',
  }),
];
