// The table of model prices; a test compares it with the database.
import type { Generated } from 'kysely';
import type { At, Optional, OptionalJson, WithDefault } from './column-types.ts';

/** As stored in JSON: nano-dollars per million tokens, below 2^53. */
export interface KeptStep {
  aboveInputTokens: number;
  input: number;
  cacheRead: number;
  cacheWrite: number;
  cacheWrite1h: number;
  output: number;
}

export interface PriceTables {
  modelPrices: {
    provider: string;
    model: string;
    version: string;
    ordinal: Generated<bigint>;
    effectiveFrom: At;
    steps: OptionalJson<KeptStep[]>;
    contextTokens: Optional<number>;
    source: 'list' | 'given' | 'scripted';
    createdBy: WithDefault<string>;
    createdAt: At;
  };
  /** Models are `provider/model`. */
  dearerAnswers: {
    model: string;
    answered: string;
    callId: string;
    firstSeenAt: At;
  };
}
