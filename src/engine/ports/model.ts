import type { z } from 'zod';
import type { WireName } from '../../domain/model-call.ts';
import type { ModelPrice } from '../../domain/price.ts';

// The port for language models in Moose's own calls.

export interface ModelUsage {
  inputTokens: number;
  outputTokens: number;
}

/** Where a call is sent in the provider's stead: the gateway, with a key that is good there alone. */
export interface ModelAccess {
  /** With the version segment. */
  baseUrl: string;
  apiKey: string;
  /** By which the caller finds what was booked: told of once, when the answer starts. */
  onCall(callId: string): void;
}

export interface ModelRequest<T> {
  /** Absent: straight to the provider, which nobody meters. */
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
  /** Billed, but of no use: not JSON, not the schema, empty, refused, or cut at the output limit. */
  | { kind: 'malformed' | 'empty' | 'refused' | 'truncated'; problem: string }
);

export interface Model {
  /** `provider/model`, as in settings and on the screen. */
  readonly name: string;
  readonly provider: string;
  /** True for a model whose answers were written beforehand; shown wherever its work shows (R-BASE-5). */
  readonly isScripted: boolean;
  /** The protocols that its provider speaks. */
  readonly wires: readonly WireName[];
  readonly price: ModelPrice;
  /** @throws MooseError for every failure of the call itself: transport, authentication, quota, over-long context. */
  generate<T>(request: ModelRequest<T>): Promise<ModelAnswer<T>>;
}
