// Describes a decision in a sentence. The payload is not validated: missing or unexpected fields are left out.
import type { WorkOrderDetail } from '../../../../src/contract/contract.ts';
import { usd } from '../../parts/money.ts';
import { duration } from '../../parts/time.tsx';

export type DecisionView = WorkOrderDetail['decisions'][number];
type Said = Readonly<Record<string, unknown>>;

export interface DecisionText {
  title: string;
  text: string;
}

const nanoUsdPerUsd = 1e9;

export function describeDecision({ kind, agent_type: by, input, output }: DecisionView): DecisionText {
  const asked = recordOf(input);
  const decided = recordOf(output);
  const text = descriptions[kind]?.(asked, decided, by);
  return text ?? { title: kind.replaceAll('_', ' '), text: textOf(decided.because) };
}

const descriptions: Readonly<Record<string, (asked: Said, decided: Said, by: string) => DecisionText>> = {
  routing: (_asked, decided) =>
    decided.arm === null
      ? { title: 'A question was asked', text: textOf(decided.because) }
      : { title: 'Model and agent chosen', text: describeRouting(decided) },
  refinement_cycle: (asked, decided) => ({
    title: `Sent back to the model, cycle ${textOf(decided.cycle)} of ${textOf(decided.of)}`,
    text: sentence([
      `${where(asked)} failed with ${textOf(asked.code)}`,
      textOf(asked.message) && `: ${textOf(asked.message).replace(/\.+$/, '')}`,
      because(decided),
    ]),
  }),
  retry: describeRetry,
  escalation: describeEscalation,
  skip: (asked, decided) => ({
    title: 'Skipped',
    text: sentence([
      textOf(decided.goesOn) ? `Continued ${textOf(decided.goesOn)}` : 'A standing answer was not applied',
      because({ because: decided.because ?? asked.because }),
    ]),
  }),
};

function describeRouting(decided: Said): string {
  const models = textsOf(decided.models);
  const [first = 'no model', ...others] = models;
  const reasons = textsOf(decided.reasons);
  const envelope = Number(decided.envelopeNanoUsd);
  const ceiling = Number(decided.ceilingNanoUsd);
  return [
    `Complexity ${textOf(decided.complexity) || 'unknown'}, model tier ${textOf(decided.tier) || 'default'}: ${first}`,
    others.length > 0 ? `, then ${others.join(', ')}` : '',
    `. Agent: ${textOf(decided.agent) || 'unknown'}.`,
    Number.isFinite(envelope)
      ? ` Reserved: ${usd(envelope / nanoUsdPerUsd)}${Number.isFinite(ceiling) ? `, and up to ${usd(ceiling / nanoUsdPerUsd)} if the agent needs more` : ''}.`
      : '',
    reasons.length > 0 ? ` Based on: ${reasons.join('; ')}.` : '',
    textOf(decided.because) && ` ${textOf(decided.because)}`,
  ].join('');
}

function describeRetry(asked: Said, decided: Said): DecisionText {
  const what = `${where(asked)} failed with ${textOf(asked.code)}`;
  if (decided.arm !== undefined)
    return { title: 'Another model or agent chosen', text: textOf(decided.because) };
  if (decided.askNext !== undefined)
    return {
      title: 'Switched to another model',
      text: sentence([
        `${textOf(asked.model) || 'The model'} failed with ${textOf(asked.code)}`,
        `, so ${textOf(decided.askNext)} is next`,
      ]),
    };
  if (decided.agent !== undefined)
    return {
      title: 'Switched to another agent',
      text: sentence([
        what,
        `, so ${textOf(decided.agent)} takes over from ${textOf(asked.agent)}`,
        because(decided),
      ]),
    };
  const pausedMs = Number(decided.pausedMs);
  if (Number.isFinite(pausedMs))
    return { title: `Waited ${duration(pausedMs)}`, text: sentence([what, because(decided)]) };
  const delayMs = Number(decided.delayMs);
  const after = Number.isFinite(delayMs) ? ` after ${duration(delayMs)}` : '';
  return { title: `Retried${after}`, text: sentence([what, because(decided)]) };
}

function describeEscalation(asked: Said, decided: Said, by: string): DecisionText {
  if (by === 'answer_policy')
    return {
      title: 'A standing answer was applied',
      text: `${textOf(asked.by) || 'Someone'} chose this answer for every ${textOf(asked.code)}: ${textOf(decided.option)}.`,
    };
  const options = textsOf(decided.options);
  return {
    title: 'A question was asked',
    text: sentence([
      `${where(asked)} failed with ${textOf(asked.code)}`,
      because(decided),
      options.length > 0 ? `. Options: ${options.join(', ')}` : '',
    ]),
  };
}

const because = (decided: Said) => (textOf(decided.because) ? `. Reason: ${textOf(decided.because)}` : '');
const where = (asked: Said) => {
  const step = textOf(asked.step).replaceAll('_', ' ') || 'work';
  return step.charAt(0).toUpperCase() + step.slice(1);
};
const sentence = (parts: readonly string[]) => `${parts.join('').replace(/\.+$/, '')}.`;

function recordOf(value: unknown): Said {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Said) : {};
}
function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(textOf).filter(Boolean) : [];
}
