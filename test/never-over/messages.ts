// What the processes of the proof say to each other.
import type { TokenUsage } from '../../src/domain/model-call.ts';

/** The name of a request, which goes with it from its client to the provider. */
export const tagHeader = 'x-client-request-id';
/** The conversation that it belongs to: its text is counted alike in each of its requests. */
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
  /** How it answered. */
  how: string;
}

export interface ClientsInput {
  seed: number;
  /** 0 to 3. */
  process: number;
  /** How many of this process there were before. */
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
  /** For what they are: nobody can say what they would cost. */
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

/** Since it said so last. */
export interface ClientsSaid {
  counts: Counts;
  /** Which call of the ledger is which request. */
  calls: readonly { tag: string; callId: string }[];
}

export function addCounts(to: Counts, more: Counts): void {
  for (const outcome of outcomes) to[outcome] += more[outcome];
}
