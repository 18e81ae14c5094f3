// What would have prevented a failure, according to the record: each line names its evidence. Pure.
import type * as wire from '../../../contract/contract.ts';
import { formatUsd } from '../../../domain/money.ts';
import { asSentence } from '../../../domain/text/sentence.ts';
import type { PostmortemFailure } from '../../../store/failures/postmortem-rows.ts';
import type { WorkOrder } from '../../../store/work/work-orders/work-orders.ts';

export interface PreventionFacts {
  order: Pick<WorkOrder, 'limitNanoUsd' | 'costNanoUsd' | 'timeLimitMs' | 'parkedBecause'>;
  failures: wire.Postmortem['failures'];
  rows: readonly Pick<PostmortemFailure, 'fingerprint' | 'errorType' | 'failureClass'>[];
  first: PostmortemFailure | undefined;
  /** What the last run cost. */
  runNanoUsd: bigint;
}

type Prevention = wire.Postmortem['prevention'];
type Rule = (facts: PreventionFacts) => Prevention[number] | null;

/** With a higher load per core than this, everything on a machine is delayed. */
const loadedAbove = 2;
const littleMemoryBelow = 0.1;
const equalFailuresMin = 2;
const minuteMs = 60_000;

const rules: readonly Rule[] = [openCircuit, pressedMachine, noMoney, noTime, sameAgain, ownAdvice];

/** What a model answers does not depend on the machine. */
const isOfModel = (first: PreventionFacts['first']) => first?.errorType.startsWith('MODEL_ANSWER_') === true;

export function preventionOf(facts: PreventionFacts): Prevention {
  return rules.flatMap((rule) => rule(facts) ?? []);
}

/** The state of the system at the first cause. */
function systemOf({ failures, first }: PreventionFacts) {
  return failures.find(({ id }) => id === first?.id)?.system;
}

function openCircuit(facts: PreventionFacts): Prevention[number] | null {
  const [circuit] = systemOf(facts)?.circuits ?? [];
  if (circuit === undefined || facts.first?.category !== 'external') return null;
  const cause = circuit.code === null ? '' : ` because of ${circuit.code}`;
  return {
    what: `Give Moose something to fall back to when ${circuit.key} is away: another model (settings.models) or another agent (settings.agents.fallback).`,
    because: `The circuit ${circuit.key} was ${circuit.phase.replace('_', ' ')}${cause} at the first cause.`,
  };
}

function pressedMachine(facts: PreventionFacts): Prevention[number] | null {
  const system = systemOf(facts);
  const machine = system?.machine;
  if (!machine || isOfModel(facts.first)) return null;
  const { host, load_per_core: load, memory_free_share: memory } = machine;
  const isLoaded = load !== null && load > loadedAbove;
  if (!isLoaded && memory >= littleMemoryBelow) return null;
  return {
    what: `Run fewer agents and checks at the same time on ${host}: lower settings.limits.machine_slots, or add a machine with \`moose worker\`.`,
    because: `At the first cause, ${host} had a load of ${load ?? 'unknown'} per core and ${Math.round(memory * 100)} % of its memory free.`,
  };
}

function noMoney({ order, first, rows }: PreventionFacts): Prevention[number] | null {
  const failure = first?.failureClass === 'budget_exceeded' ? first : undefined;
  if (!failure && !rows.some(({ failureClass }) => failureClass === 'budget_exceeded')) return null;
  const limit =
    order.limitNanoUsd === null ? 'no limit of its own' : `a limit of ${formatUsd(order.limitNanoUsd)}`;
  return {
    what: 'Give the work order a higher limit, or split it: `moose run --limit` sets it, `moose spec estimate` estimates it.',
    because: `It had ${limit}, spent ${formatUsd(order.costNanoUsd)}, and was refused more.`,
  };
}

function noTime({ order, first }: PreventionFacts): Prevention[number] | null {
  if (first?.failureClass !== 'timeout') return null;
  return {
    what: 'Give the work order more time, or split it.',
    because: `The first cause was a time limit; the one of its agents was ${Math.round(order.timeLimitMs / minuteMs)} min.`,
  };
}

function sameAgain({ rows }: PreventionFacts): Prevention[number] | null {
  const groups = Map.groupBy(rows, ({ fingerprint }) => fingerprint);
  const most = [...groups.values()].toSorted((a, b) => b.length - a.length)[0];
  const [one] = most ?? [];
  if (!most || !one || most.length <= equalFailuresMin) return null;
  return {
    what: 'Say in the acceptance what a good change does about this failure, or choose another model for it.',
    because: `The same failure (${one.errorType}) occurred ${most.length} times.`,
  };
}

function ownAdvice({ first }: PreventionFacts): Prevention[number] | null {
  if (!first?.advice) return null;
  return { what: asSentence(first.advice), because: `${first.errorType} advises it.` };
}
