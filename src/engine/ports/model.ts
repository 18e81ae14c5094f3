import type { z } from 'zod';
import type { WireName } from '../../domain/agents/model-call.ts';
import type { ModelPrice } from '../../domain/agents/price.ts';

// The port for language models in Moose's own calls.

export interface ModelUsage {
  inputTokens: number;
  outputTokens: number;
}

/** Where a call is sent instead of to the provider: the gateway, with a key that is valid only there. */
export interface ModelAccess {
  /** Includes the version segment. */
  baseUrl: string;
  apiKey: string;
  /** Receives the ID under which the ledger booked the call; called once, when the answer starts. */
  onCall(callId: string): void;
}

export interface ModelRequest<T> {
  /** If absent, the call goes straight to the provider, and nobody meters it. */
  through?: ModelAccess;
  system: string;
  prompt: string;
  schema: z.ZodType<T>;
  schemaName: string;
  outputTokensMax: number;
  timeoutMs: number;
  signal: AbortSignal;
}

/** Usage comes first: a call is billed before its answer is read. */
export type ModelAnswer<T> = { usage: ModelUsage; text: string } & (
  | { kind: 'object'; object: T }
  /** Billed but useless: not JSON, not valid for the schema, empty, refused, or cut off at the output limit. */
  | { kind: 'malformed' | 'empty' | 'refused' | 'truncated'; problem: string }
);

export interface Model {
  /** `provider/model`, as in settings and on the screen. */
  readonly name: string;
  readonly provider: string;
  /** True for a model with prepared answers; this is shown wherever its work is shown (R-BASE-5). */
  readonly isScripted: boolean;
  /** The protocols that the model's provider speaks. */
  readonly wires: readonly WireName[];
  readonly price: ModelPrice;
  /** @throws MooseError for every failure of the call itself: transport, authentication, quota, over-long context. */
  generate<T>(request: ModelRequest<T>): Promise<ModelAnswer<T>>;
}
