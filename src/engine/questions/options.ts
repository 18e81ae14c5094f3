// The options for each failure: two to six, the recommended one first (R-ESC-3). Moose recommends the option with the highest
// expected value: chance × worth − cost − the person's effort. On a tie, the one with less risk wins, then the first one.
// Pure.
import type { Fault } from '../../domain/fault.ts';
import { shortId, type WorkOrderId } from '../../domain/ids.ts';
import { formatUsd } from '../../domain/money.ts';
import type { OptionKind, Risk } from '../../domain/people/escalation.ts';
import { asSentence } from '../../domain/text/sentence.ts';
import type { Step } from '../../domain/transitions.ts';
import type { Asked } from '../../domain/work-order/asked.ts';
import { askedTexts } from '../../domain/work-order/given-asked.ts';
import { workOrderLimits } from '../../domain/work-order/work-order.ts';
import type { OptionDraft } from '../../store/failures/escalations.ts';
import { type Estimates, faultOf, isOfAgent, type OptionFacts } from './option-facts.ts';
import { raiseOptionOf } from './raise-limit-option.ts';
import { ranked } from './rank-options.ts';

export const optionsMax = 6;
const otherModelsMax = 2;
const centNanoUsd = 10_000_000n;

export interface Options {
  options: OptionDraft[];
  recommended: string;
}

export function optionsFor(facts: OptionFacts, estimates: Estimates): Options {
  const fault = faultOf(facts);
  const offered = offers.filter(({ fits }) => fits(facts, fault)).flatMap(({ make }) => make(facts));
  const known = offered.map((draft) => estimated(draft, estimates, facts));
  const exits = known.filter(({ kind }) => isExit(kind));
  const best = ranked(
    known.filter(({ kind }) => !isExit(kind)),
    fault,
    facts.envelopeNanoUsd,
  );
  const ways = untriedFirst(best, facts, fault);
  // Always includes one option that ends the work.
  const kept = [...shortened(distinct(ways), facts), ...exits].slice(0, optionsMax);
  if (isEnded(facts)) kept.reverse();
  return { options: kept, recommended: kept[0]?.id ?? 'cancel' };
}

/** A person has just merged or closed its pull request: only a person may want another one. */
const isEnded = ({ failure }: Pick<OptionFacts, 'failure'>) => failure.code === 'PULL_REQUEST_ENDED';
const isExit = (kind: OptionKind) => kind === 'undo' || kind === 'cancel';

/** What lies outside the work may have changed since an option was chosen; the work itself has not. */
const changesByItself: readonly Fault[] = ['setting', 'passing', 'provider'];

/** An option that did not help is still offered, but not recommended again. */
function untriedFirst(
  ways: readonly OptionDraft[],
  { chosenBefore, failure }: OptionFacts,
  fault: Fault,
): OptionDraft[] {
  if (changesByItself.includes(fault) && !isOfAgent(failure)) return [...ways];
  const isTried = ({ id, needsNote }: OptionDraft) => chosenBefore.includes(id) && !needsNote;
  return [...ways.filter((way) => !isTried(way)), ...ways.filter(isTried)];
}

/** Options of different kinds are more useful to a person than a second model. */
function distinct(ways: readonly OptionDraft[]): OptionDraft[] {
  const isFirst = (option: OptionDraft) => ways.find(({ kind }) => kind === option.kind) === option;
  const firsts = ways.filter(isFirst);
  return [...firsts, ...ways.filter((option) => !isFirst(option))];
}

/** Room is left for an option that ends the work. */
function shortened(ways: readonly OptionDraft[], { standing }: OptionFacts): OptionDraft[] {
  const kept = ways.slice(0, optionsMax - 1);
  const cut = ways.slice(kept.length).find(({ id }) => id === standing);
  return cut === undefined ? kept : [...kept.slice(0, -1), cut];
}

/** The first ones, and always the one that a standing answer names. */
function firstOf(names: readonly string[], kind: 'agent' | 'model', max: number, { standing }: OptionFacts) {
  const isStanding = (name: string) => standing === `${kind}:${name}`;
  return [...names.filter(isStanding), ...names.filter((name) => !isStanding(name))].slice(0, max);
}

interface Offer {
  fits(facts: OptionFacts, fault: Fault): boolean;
  make(facts: OptionFacts): OptionDraft[];
}

const making: readonly (Step | null)[] = ['generating', 'applying', 'verifying'];
const isOwnLimit = ({ limitNanoUsd, failure }: OptionFacts) =>
  failure.failureClass === 'budget_exceeded' && limitNanoUsd !== null && !isOfTheSystem(failure.metadata);

/** The day's or the month's limit, or a freeze: raising the work order's own limit would not help. */
function isOfTheSystem(metadata: Record<string, unknown>): boolean {
  if (metadata.frozen !== undefined) return true;
  const full = fullWindow(metadata);
  return full !== undefined && !full.key.startsWith('work_order:');
}

interface FullWindow {
  key: string;
  limit: bigint;
  /** The limit that would suffice. */
  needed: bigint;
}

/** The first limit that was too small for the estimate. */
function fullWindow({ limits, estimateNanoUsd }: Record<string, unknown>): FullWindow | undefined {
  if (!Array.isArray(limits)) return undefined;
  const estimate = BigInt(String(estimateNanoUsd ?? 0));
  return (limits as [string, string, string][])
    .map(([key, limit, used]) => ({ key, limit: BigInt(limit), needed: BigInt(used) + estimate }))
    .find(({ limit, needed }) => needed > limit);
}

/** The option to allow a value that only looks like a secret; one of Moose's own secrets is never allowed. */
function secretOf({ code, metadata }: OptionFacts['failure']): OptionDraft['secret'] | null {
  const { fingerprint, secret, path } = metadata;
  if (code !== 'SECRET_IN_CHANGE' || typeof fingerprint !== 'string') return null;
  return { fingerprint, kind: String(secret), path: String(path) };
}

/** The option to accept a contract as it is now; a file that is gone cannot be accepted. */
function contractOf({ code, metadata }: OptionFacts['failure']): OptionDraft['contract'] | null {
  const { specId, contract: name, objectId } = metadata;
  if (code !== contractBrokenCode || typeof objectId !== 'string') return null;
  return { specId: String(specId), name: String(name), objectId };
}

const contractBrokenCode = 'CONTRACT_BROKEN';

/** The limit of a day or a month that blocks the work, raised; null for another kind of limit. */
function raisedLimit({ failure, step }: OptionFacts): OptionDraft | null {
  const full = failure.metadata.frozen === undefined ? fullWindow(failure.metadata) : undefined;
  if (!full) return null;
  const raise = raiseOptionOf(full.key, { nanoUsd: full.limit, neededNanoUsd: full.needed });
  return raise && { ...raise, from: step ?? 'routing' };
}

/** The branches that a deleted base branch can be replaced by, the best first. */
export function otherBasesOf({ metadata }: Pick<OptionFacts['failure'], 'metadata'>): string[] {
  return Array.isArray(metadata.otherBases) ? metadata.otherBases.map(String) : [];
}

export function otherBaseOption(base: string): OptionDraft {
  const label = `Let the change go into ${base} instead`;
  return draft(`base:${base}`, 'other_base', label, 'medium', {
    from: 'creating_pr',
    base,
    costNanoUsd: '0',
  });
}

/** The options that can be offered, in order of preference among similar ones. */
const offers: readonly Offer[] = [
  {
    fits: ({ step, failure, isCommand }, fault) =>
      making.includes(step) && (fault === 'work' || isOfAgent(failure)) && !isCommand,
    make: ({ failure }) => [
      draft('refine', 'refine', refineLabel(failure), 'low', {
        from: 'generating',
        needsNote: true,
      }),
    ],
  },
  {
    fits: ({ step, failure }, fault) =>
      making.includes(step)
        ? (fault !== 'setting' || step === 'generating') && !isRefusedForAll(failure)
        : failure.code === 'NO_MODEL',
    make: (facts) =>
      firstOf(facts.otherModels, 'model', otherModelsMax, facts).map((model) =>
        draft(`model:${model}`, 'other_model', `Try with ${model}`, 'low', {
          from: facts.step === 'routing' || facts.step === 'preparing' ? facts.step : 'generating',
          model,
        }),
      ),
  },
  {
    fits: ({ failure }) => otherBasesOf(failure).length > 0,
    make: ({ failure }) => otherBasesOf(failure).map(otherBaseOption),
  },
  {
    // The same branch would be missing again.
    fits: (facts) => !isOwnLimit(facts) && otherBasesOf(facts.failure).length === 0,
    make: ({ step, isParked, failure }) => {
      // The same change would break the same contract.
      const isBroken = failure.code === contractBrokenCode && !isParked;
      const label = isBroken
        ? sendBackLabel(failure.metadata)
        : isMemberRefused(failure)
          ? 'Retry, after another version of the agent was installed'
          : retryLabel(step, isParked);
      const from = isBroken ? 'generating' : (step ?? 'routing');
      const risk = isEnded({ failure }) || isMemberRefused(failure) ? 'high' : isParked ? 'medium' : 'low';
      return [draft('retry', 'retry', label, risk, { from })];
    },
  },
  {
    fits: isOwnLimit,
    make: (facts) => [
      draft(
        'raise_limit',
        'raise_limit',
        `Raise its limit to ${formatUsd(suggestedLimit(facts))}`,
        'medium',
        {
          from: facts.step ?? 'routing',
          limitNanoUsd: suggestedLimit(facts).toString(),
        },
      ),
    ],
  },
  {
    fits: (facts, fault) => fault === 'money' && raisedLimit(facts) !== null,
    make: (facts) => {
      const raised = raisedLimit(facts);
      return raised ? [raised] : [];
    },
  },
  {
    fits: ({ timeLimitMs }, fault) => fault === 'time' && timeLimitMs < workOrderLimits.timeLimitMsMax,
    make: ({ timeLimitMs }) => {
      const longer = Math.min(timeLimitMs * 2, workOrderLimits.timeLimitMsMax);
      const minutes = Math.round(longer / 60_000);
      const label = `Give it ${minutes > 0 ? `${minutes} min` : `${Math.round(longer / 1_000)} s`}`;
      return [
        draft('raise_limit', 'raise_limit', label, 'medium', { from: 'applying', timeLimitMs: longer }),
      ];
    },
  },
  {
    fits: ({ step, failure, change }, fault) =>
      (step === 'applying' || step === 'verifying') &&
      (fault !== 'setting' || failure.code === 'AGENT_PROGRAM_MISSING') &&
      fault !== 'money' &&
      // Room is needed for the options to allow it and to accept it.
      failure.code !== contractBrokenCode &&
      change?.asked === undefined,
    make: (facts) =>
      firstOf(facts.otherAgents, 'agent', 1, facts).map((agent) =>
        draft(`agent:${agent}`, 'other_agent', `Try with the agent ${agent}`, 'medium', {
          from: 'generating',
          agent,
        }),
      ),
  },
  {
    fits: ({ failure }) => secretOf(failure) !== null,
    make: ({ failure, step }) => {
      const secret = secretOf(failure);
      if (!secret) return [];
      const label = `Allow this value in ${secret.path} and elsewhere in the project: it is not a secret`;
      const from = step === 'applying' ? 'applying' : 'generating';
      return [draft('allow_secret', 'allow_secret', label, 'high', { from, secret })];
    },
  },
  {
    fits: ({ failure }) => contractOf(failure) !== null,
    make: ({ failure }) => {
      const contract = contractOf(failure);
      if (!contract) return [];
      const label = `Accept the new contract "${contract.name}"; those who rely on it are told`;
      return [draft('accept_contract', 'accept_contract', label, 'high', { from: 'verifying', contract })];
    },
  },
  {
    fits: ({ change }) => change !== null && change.redChecks.length > 0,
    make: () => [
      draft('accept', 'accept', 'Accept it as it is, with failing checks', 'high', { from: 'creating_pr' }),
    ],
  },
  {
    fits: ({ change }) => change?.isRefused === true && change.redChecks.length === 0,
    make: () => [
      draft('accept', 'accept', 'Accept it as it is, not verified', 'high', { from: 'creating_pr' }),
    ],
  },
  {
    fits: ({ change, step }) => change?.asked !== undefined && making.includes(step),
    make: ({ change }) => {
      const asked = change?.asked;
      return asked ? [draft('asked', 'asked', askedLabel(asked), 'high', { from: 'verifying', asked })] : [];
    },
  },
  {
    fits: ({ hasLeft }) => hasLeft === true,
    make: () => [
      draft('take_left', 'take_left', 'Check the files that it left, like any change', 'medium', {
        from: 'applying',
      }),
    ],
  },
  {
    fits: ({ change, failure, isInGroup }) =>
      unchangedCodes.includes(failure.code) && change === null && isInGroup !== true,
    make: () => [
      draft('close', 'close', 'Nothing has to change: complete it without a pull request', 'medium', {
        from: 'applying',
      }),
    ],
  },
  {
    fits: ({ change, step }) => change !== null && making.includes(step),
    make: ({ change }) => [
      draft('fix_by_hand', 'fix_by_hand', `Commit your own fix on ${change?.branch}, then continue`, 'low', {
        from: 'verifying',
      }),
    ],
  },
  {
    fits: ({ isEmpty }) => !isEmpty,
    make: () => [draft('undo', 'undo', 'Undo everything and cancel', 'low')],
  },
  {
    fits: () => true,
    make: ({ isEmpty }) => [
      draft('cancel', 'cancel', isEmpty ? 'Cancel it' : 'Cancel it and keep its branch', 'low'),
    ],
  },
];

const isMemberRefused = ({ code }: OptionFacts['failure']) => code === 'AGENT_MEMBER_REFUSED';

/** The gateway refuses it, whatever model is asked for. */
const isRefusedForAll = (failure: OptionFacts['failure']) =>
  isMemberRefused(failure) && failure.metadata.kind === 'refused_feature';

/** The agent finished without a change, so that it may be right that there is none. */
const unchangedCodes: readonly string[] = ['AGENT_ANSWERED', 'AGENT_CHANGED_NOTHING'];

function refineLabel({ code }: OptionFacts['failure']): string {
  return code === 'AGENT_ANSWERED'
    ? 'Answer it, or give it instructions, and it goes on'
    : 'Try again with your instructions';
}

const askedCharsMax = 300;

function askedLabel(asked: Asked): string {
  const said = askedTexts(asked).join('; ');
  const cut = said.length > askedCharsMax ? `${said.slice(0, askedCharsMax)}…` : said;
  return `This was asked: ${cut}. Judge it again`;
}

function retryLabel(step: Step | null, isParked: boolean): string {
  return isParked ? `Lift the park and retry from ${step ?? 'routing'}` : `Retry from ${step ?? 'routing'}`;
}

function sendBackLabel({ role, provider }: Record<string, unknown>): string {
  return role === 'provider'
    ? `Send it back to its provider, ${String(provider)}`
    : `Send it back: only ${String(provider)} may change the contract`;
}

/** Room for this many calls like the one that did not fit. */
const callsOfRoom = 4n;

/**
 * Twice the limit, or the amount spent plus room for two runs, or for some calls: the largest of these, rounded to a
 * cent.
 */
function suggestedLimit({ limitNanoUsd, costNanoUsd, envelopeNanoUsd, failure }: OptionFacts): bigint {
  const run = envelopeNanoUsd ?? limitNanoUsd ?? centNanoUsd;
  const call = BigInt(String(failure.metadata.worstCaseNanoUsd ?? 0));
  const wanted = [(limitNanoUsd ?? 0n) * 2n, costNanoUsd + 2n * run, costNanoUsd + callsOfRoom * call];
  const most = wanted.reduce((a, b) => (a > b ? a : b));
  return ((most + centNanoUsd - 1n) / centNanoUsd) * centNanoUsd;
}

function draft(
  id: string,
  kind: OptionKind,
  label: string,
  risk: Risk,
  more: Partial<OptionDraft> = {},
): OptionDraft {
  return { id, kind, label, costNanoUsd: null, risk, chance: null, chanceOf: 0, ...more };
}

/** The cost and result of these options are known in advance: no model is called, and nothing is tried. */
const free: readonly OptionKind[] = [
  'accept',
  'accept_contract',
  'asked',
  'fix_by_hand',
  'take_left',
  'close',
  'other_base',
  'undo',
  'cancel',
  'wait',
];
const withoutModel: readonly (Step | undefined)[] = ['creating_pr', 'tracking'];

function estimated(draft: OptionDraft, estimates: Estimates, { envelopeNanoUsd }: OptionFacts): OptionDraft {
  if (free.includes(draft.kind)) return { ...draft, costNanoUsd: '0' };
  const { costNanoUsd, chance, chanceOf, chanceBasis } = estimates(draft);
  const cost = withoutModel.includes(draft.from) ? 0n : (costNanoUsd ?? envelopeNanoUsd);
  return {
    ...draft,
    costNanoUsd: cost === null ? null : cost.toString(),
    chance,
    chanceOf,
    ...(chanceBasis === undefined ? {} : { chanceBasis }),
  };
}

/** Commands that advice may contain with the placeholder `ID`, which stands for the work order. */
const commandsWithId = ['retry', 'logs'] as const;

/**
 * What a person can do about a failure that ended a run: its own advice, and the command of the recommended answer.
 * Pure.
 */
export function adviceFor(advice = '', orderId: WorkOrderId, command?: string): string {
  const filledIn = commandsWithId.reduce(
    (text, each) => text.replaceAll(`\`moose ${each} ID`, `\`moose ${each} ${shortId(orderId)}`),
    advice,
  );
  const answer = command === undefined ? '' : `Answer with \`${command}\`.`;
  return [asSentence(filledIn), answer].filter(Boolean).join(' ');
}
