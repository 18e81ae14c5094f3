// Asks once about a cause that one person can fix for many work orders: a missing agent, a model without a price or a
// key, an unreachable host (R-ESC-5). The first work order has its own question; from the second on they share one.
import type { MooseError } from '../../domain/failure.ts';
import type { WorkOrderId } from '../../domain/ids.ts';
import type { Query } from '../../store/database.ts';
import { listOthersAsking, listUnawaitedKeys, lockCause } from '../../store/failures/asked-causes.ts';
import { joinEscalation } from '../../store/failures/escalation-members.ts';
import type { NewEscalation, OptionDraft } from '../../store/failures/escalations.ts';
import { askHuman, askTogether } from './ask-human.ts';
import { withdraw } from './resolve-question.ts';

const keyPrefix = 'cause:';
/** Of the questions of work that waits for money; see `budget/money-awaited.ts`. */
export const moneyPrefix = 'money:';

/** The cause in a few words, for the title; null if each work order has its own cause. */
export interface SharedCause {
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

/** Withdraws shared questions once all their work orders have continued or ended. */
export async function withdrawUnshared(query: Query): Promise<void> {
  for (const prefix of [keyPrefix, moneyPrefix])
    for (const groupKey of await listUnawaitedKeys(query, prefix))
      await withdraw(query, { groupKey }, 'no work order waits for it any more');
}
