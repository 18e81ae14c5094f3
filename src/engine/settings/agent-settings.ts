// Who writes the code, and how it is kept in bounds.
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
    help: 'It works on every work order that names none, nor its project; from the next run on.',
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
    title: 'Agents that take over',
    help: 'Taken in turn where an agent is not installed or keeps crashing; without any, a human is asked.',
    read: ({ fallbackAgents }) => [...fallbackAgents],
    write: (_, fallbackAgents) => ({ fallbackAgents }),
  }),
  engineSetting({
    ...{ key: 'settings.agents.isolation', group, kind: 'choice', choices: isolationWishes },
    schema: oneOf(isolationWishes),
    environment: 'MOOSE_ISOLATION',
    title: 'Whether the gateway is the only way out of an agent',
    help: 'From the next session on: where the machine allows it (auto), or the agent does not start (require), or not at all (off).',
    read: ({ isolation }) => isolation,
    write: (_, isolation) => ({ isolation }),
  }),
  usdIn({
    ...{ key: 'settings.agents.envelope_usd', group, min: 0.01, max: 10_000 },
    environment: 'MOOSE_AGENT_ENVELOPE_USD',
    title: 'Least that is set aside for an agent',
    help: 'A run whose agent calls models itself begins with at least so much set aside for it.',
    read: ({ agentEnvelopeNanoUsdMin }) => agentEnvelopeNanoUsdMin,
    write: (_, agentEnvelopeNanoUsdMin) => ({ agentEnvelopeNanoUsdMin }),
  }),
  durationSetting({
    ...{ key: 'settings.agents.silence_ms', group, of: 'silenceMsMax', min: second, max: day },
    environment: 'MOOSE_SILENCE_MS',
    title: 'Silence of an agent or a check',
    help: 'One that writes nothing for so long is stopped, and has failed; it holds from the next session on.',
  }),
  durationSetting({
    ...{ key: 'settings.agents.idle_ms', group, of: 'idleMsMax', min: second, max: day },
    environment: 'MOOSE_IDLE_MS',
    title: 'Time of an agent without a model call',
    help: 'An agent that calls no model for so long is stopped, and has failed.',
  }),
];
