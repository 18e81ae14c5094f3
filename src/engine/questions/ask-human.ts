// Asks a person: writes the question, its members, its owner, its notices and the decision to ask in one transaction. A
// cause that one person can fix for many work orders, such as a missing agent, a model without a key or an unreachable host,
// is asked about once: the first work order has its own question; from the second on they share one (R-ESC-5).

import type { MooseError } from '../../domain/failure.ts';
import type { WorkOrderId } from '../../domain/ids.ts';
import { nextOwner } from '../../domain/people/question-owner.ts';
import type { Query } from '../../store/database.ts';
import { countUse, policyFor } from '../../store/failures/answer-policies.ts';
import { listOthersAsking, listUnawaitedKeys, lockCause } from '../../store/failures/asked-causes.ts';
import { countAnswersTogether } from '../../store/failures/automatic-answers.ts';
import { joinEscalation } from '../../store/failures/escalation-members.ts';
import {
  chooseOption,
  type Escalation,
  escalationById,
  type NewEscalation,
  type OptionDraft,
  openEscalation,
} from '../../store/failures/escalations.ts';
import { giveOwner, ownerFacts } from '../../store/failures/question-owners.ts';
import { requireWorkOrder } from '../../store/work/work-orders/work-orders.ts';
import { logDecision } from '../errors/log-decision.ts';
import { automaticAnswersMax, policyActor } from './automatic.ts';
import { noticeOpened } from './notices.ts';
import { withdraw } from './resolve-question.ts';

/**
 * Returns the ID of the new question, or of the question that is already open for this work order. Each attempt to ask is in
 * the decision log, whoever asks (R-ESC-2). `of`: the work order that joins a shared question.
 */
export async function askHuman(
  query: Query,
  question: NewEscalation,
  of: WorkOrderId | null = question.workOrderId,
): Promise<{ id: string; isNew: boolean }> {
  const opened = await openEscalation(query, question);
  await logDecision(query, {
    workOrderId: of,
    kind: 'escalation',
    agentType: question.component ?? 'pipeline',
    input: {
      code: question.code ?? null,
      failureClass: question.failureClass,
      step: question.context.step ?? null,
      operation: question.operation ?? null,
      because: question.context.because ?? question.title,
    },
    output: {
      as: 'question',
      escalationId: opened.id,
      isNew: opened.isNew,
      options: question.options.map(({ id }) => id),
    },
  });
  const row = opened.isNew ? await escalationById(query, opened.id) : undefined;
  if (row) await noticeOpened(query, (await ownNext(query, row)) ?? row);
  return opened;
}

/** One question per cause: the first work order opens it, and the others join it (R-ESC-5). */
export async function askTogether(
  query: Query,
  question: Omit<NewEscalation, 'workOrderId'> & { groupKey: string },
  workOrderId: WorkOrderId,
): Promise<{ id: string; isNew: boolean; hasJoined: boolean }> {
  const opened = await askHuman(query, { ...question, workOrderId: null }, workOrderId);
  if (opened.isNew) await answerTogether(query, opened.id, workOrderId);
  return { ...opened, hasJoined: await joinEscalation(query, opened.id, workOrderId) };
}

/** Two standing answers that move all work back and forth between two unavailable providers would loop forever. */
const recently = { byPrefix: policyActor(''), withinMs: 60 * 60_000 };

/**
 * Answers a shared question with the standing answer of the project whose work order asks it first; `carryOutJob`
 * carries it out for those that have joined. A work order of another project then asks for itself.
 */
async function answerTogether(query: Query, escalationId: string, workOrderId: WorkOrderId): Promise<void> {
  const escalation = await escalationById(query, escalationId);
  if (!escalation || escalation.code === null) return;
  const { failureClass, code, options } = escalation;
  const { projectId } = await requireWorkOrder(query, workOrderId);
  const policy = await policyFor(query, { projectId, failureClass, code });
  const option = options.find(({ id }) => id === policy?.option.id);
  if (!policy || !option) return;
  const decided = {
    workOrderId: null,
    agentType: 'answer_policy',
    input: { escalationId, code, failureClass, policyId: policy.id, by: policy.createdBy },
  };
  const times = option.kind === 'wait' ? 0 : await countAnswersTogether(query, escalation.groupKey, recently);
  if (times >= automaticAnswersMax) {
    const because = `it was answered ${times} times within an hour without a person`;
    return logDecision(query, { ...decided, kind: 'skip', output: { because } });
  }
  const by = policyActor(policy.id);
  const note = policy.note ?? undefined;
  if (!(await chooseOption(query, escalationId, { option: option.id, by, note }))) return;
  await countUse(query, policy.id);
  await logDecision(query, { ...decided, kind: 'escalation', output: { option: option.id } });
}

/**
 * Gives a question to the next person who is expected to answer it (R-ESC-7). Undefined if everybody has had it, or if
 * another process has given it to somebody in the meantime.
 */
export async function ownNext(query: Query, escalation: Escalation): Promise<Escalation | undefined> {
  const { now, ...ofOrder } = await ownerFacts(query, escalation.workOrderId);
  // The question about a person's limit is that person's.
  const [, person] = /^money:person_(?:day|month):(.+)$/.exec(escalation.groupKey ?? '') ?? [];
  const facts = person === undefined ? ofOrder : { ...ofOrder, requester: `human:${person}` };
  const had = escalation.owners.map(({ owner }) => owner);
  const next = nextOwner(facts, had, now);
  if (next === null) return undefined;
  const { name: owner, because } = next;
  return giveOwner(query, escalation.id, { owner, because, by: 'moose' }, { of: escalation.owner });
}

const keyPrefix = 'cause:';
/** Of the questions of work that waits for money; see `budget/money-awaited.ts`. */
export const moneyPrefix = 'money:';

/** The cause in a few words, for the title; null if each work order has its own cause. */
interface SharedCause {
  key: string;
  title: string;
}

type Failure = Pick<MooseError, 'code' | 'metadata'>;

const named = (kind: string, name: unknown, title: (name: string) => string): SharedCause | null =>
  typeof name === 'string' && name !== '' ? { key: `${keyPrefix}${kind}:${name}`, title: title(name) } : null;

const causes: Readonly<Record<string, (metadata: Failure['metadata']) => SharedCause | null>> = {
  AGENT_PROGRAM_MISSING: ({ agent }) => named('agent', agent, (name) => `The agent ${name} is not installed`),
  AGENT_LOGIN_REFUSED: ({ agent }) =>
    named('login', agent, (name) => `The login that ${name} uses was refused`),
  AGENT_MEMBER_REFUSED: ({ agent, member }) =>
    named(
      'member',
      `${String(agent)}:${String(member)}`,
      () => `${String(agent)} sends a member that is refused, ${String(member)}`,
    ),
  AGENT_AUTHENTICATION: ({ provider }) =>
    named('refused-key', provider, (name) => `The API key for ${name} was refused`),
  FORGE_CREDENTIALS_REFUSED: ({ host }) =>
    named('forge', host, (name) => `${name} refuses the credential of Moose`),
  FORGE_CREDENTIALS_MISSING: ({ host }) =>
    named('forge', host, (name) => `The credential for ${name} is missing`),
  MODEL_UNPRICED: ({ model }) => named('price', model, (name) => `The price of ${name} is unknown`),
  MODEL_KEY_MISSING: ({ model }) =>
    named('key', providerOf(model), (name) => `The API key for ${name} is missing`),
  MODEL_KEY_INVALID: ({ model }) =>
    named('key', providerOf(model), (name) => `The API key for ${name} cannot be used`),
  MODEL_BASE_URL_MISSING: ({ model }) =>
    named('address', providerOf(model), (name) => `The address of ${name} is missing`),
  NO_MODEL: () => ({ key: `${keyPrefix}model`, title: 'No model is configured' }),
  REMOTE_UNREACHABLE: ({ remoteUrl }) =>
    named('host', hostOf(remoteUrl), (name) => `${name} cannot be reached`),
  REMOTE_HOST_UNKNOWN: ({ remoteUrl }) =>
    named('host', hostOf(remoteUrl), (name) => `The name ${name} cannot be resolved`),
};

const providerOf = (model: unknown) => (typeof model === 'string' ? model.split('/')[0] : undefined);

/** `https://host/…`, `git@host:path`; for a remote on disk, its path. */
function hostOf(url: unknown): string | undefined {
  if (typeof url !== 'string') return undefined;
  if (URL.canParse(url)) return new URL(url).host || url;
  return /^(?:[^@/\s]+@)?([^:/\s]+):/.exec(url)?.[1] ?? url;
}

export function sharedCauseOf({ code, metadata }: Failure): SharedCause | null {
  return causes[code]?.(metadata) ?? null;
}

/** Call this in the transaction that ends the work order's run. */
export async function askOnce(
  query: Query,
  question: NewEscalation & { workOrderId: WorkOrderId },
  cause: SharedCause | null,
): Promise<{ id: string }> {
  if (cause === null) return askHuman(query, question);
  // With the lock, of two runs that end at the same moment, the second one sees the first.
  await lockCause(query, cause.key);
  const { workOrderId, runId: _, id: __, ...own } = question;
  const context = { ...own.context, cause: cause.key };
  const others = await listOthersAsking(query, cause.key, workOrderId);
  if (others === null) return askHuman(query, { ...question, context });
  const shared = {
    ...own,
    context,
    groupKey: cause.key,
    title: `${cause.title}: ${own.title}`,
    ...sharedOptions(own),
    defaultOption: null,
    defaultAt: null,
  };
  const { id } = await askTogether(query, shared, workOrderId);
  for (const other of others) {
    await withdraw(query, { workOrderId: other }, 'one question now covers all work orders that it stops');
    await joinEscalation(query, id, other);
  }
  return { id };
}

const labels: Partial<Record<OptionDraft['kind'], (option: OptionDraft) => string>> = {
  retry: () => 'Retry all of them, each from where it stopped',
  other_model: ({ model }) => `Use ${model} for all of them`,
  other_agent: ({ agent }) => `Use the agent ${agent} for all of them`,
  cancel: () => 'Cancel all of them and keep their branches',
};

/** Only options that mean the same for every work order; their cost is for one of them. */
function sharedOptions({ options, recommendedOption }: Pick<NewEscalation, 'options' | 'recommendedOption'>) {
  const shared = options.flatMap(({ command: _, ...option }) => {
    const label = labels[option.kind]?.(option);
    if (label === undefined) return [];
    const { from: __, ...anywhere } = option;
    return [{ ...(option.kind === 'retry' ? anywhere : option), label }];
  });
  const recommended = shared.find(({ id }) => id === recommendedOption) ?? shared[0];
  return { options: shared, recommendedOption: recommended?.id ?? recommendedOption };
}

/** Of the keys of shared questions. */
export const sharedPrefixes = [keyPrefix, moneyPrefix];

/** Withdraws shared questions once all their work orders have continued or ended. */
export async function withdrawUnshared(query: Query): Promise<void> {
  for (const prefix of sharedPrefixes)
    for (const groupKey of await listUnawaitedKeys(query, prefix))
      await withdraw(query, { groupKey }, 'no work order waits for it any more');
}
