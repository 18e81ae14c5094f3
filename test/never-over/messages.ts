// The messages between the processes of the never-over test.
import type { TokenUsage } from '../../src/domain/agents/model-call.ts';

/** A header with the request's name, which it keeps from the client to the provider. */
export const tagHeader = 'x-client-request-id';
/** A header with the request's conversation, whose text has the same number of tokens in each of its requests. */
export const conversationHeader = 'x-session-id';

export interface ProviderInput {
  seed: number;
  accountPath: string;
}

export interface ProviderSaid {
  port: number;
  totalsPort: number;
}

/** What the provider billed for one request. */
export interface Bill {
  tag: string;
  model: string;
  nanoUsd: string;
  usage: TokenUsage;
  /** The way in which the provider answered. */
  how: string;
}

export interface ClientsInput {
  seed: number;
  /** The number of the process, from 0 to 3. */
  process: number;
  /** How many earlier processes had this number. */
  incarnation: number;
  databaseUrl: string;
  gatewayDirectory: string;
  providerUrl: string;
  projectLimitUsd: number;
}

export const outcomes = [
  'answered',
  'hung_up',
  'over_budget',
  /** Refused because nobody can know what they would cost. */
  'unsent',
  'braked',
  'key_gone',
  'away',
  'provider_failed',
  'broken',
  'reservation_refused',
  'envelopes',
  'envelopes_closed_in_use',
] as const;
export type Outcome = (typeof outcomes)[number];
export type Counts = Record<Outcome, number>;

export const noCounts = (): Counts => Object.fromEntries(outcomes.map((outcome) => [outcome, 0])) as Counts;

/** The news of a clients' process since its last message. */
export interface ClientsSaid {
  counts: Counts;
  /** The request that belongs to each call of the ledger. */
  calls: readonly { tag: string; callId: string }[];
}

export function addCounts(to: Counts, more: Counts): void {
  for (const outcome of outcomes) to[outcome] += more[outcome];
}
