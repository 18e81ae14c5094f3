// What every call of one gateway shares.
import type { Logger } from 'pino';
import type { ModelPrice } from '../../domain/agents/price.ts';
import type { CallLedger } from '../../engine/run/budget/call-ledger.ts';
import type { Clock } from '../../stdx/clock.ts';
import type { Carrier } from '../clouds/carrier.ts';
import type { KeyPlaces } from '../keys/key-places.ts';
import type { KnownKeys } from '../keys/known-keys.ts';
import type { GatewayLimits } from '../limits.ts';
import type { AnsweringModels } from '../request/answering-models.ts';
import type { PrefixMemory } from '../request/prefix-memory.ts';
import type { RequestReader } from '../request/request-reader.ts';
import type { Books } from './books.ts';
import type { Brake } from './brake.ts';
import type { Drains } from './drain.ts';
import type { FirstAnswers } from './first-answers.ts';
import type { CallGuard } from './guard.ts';
import type { Headroom } from './headroom.ts';
import type { SlowRefusals } from './slow-refusals.ts';
import type { Transport } from './upstream.ts';

export interface Parts {
  gatewayId: string;
  ledger: CallLedger;
  /** By `provider/model`; null if unknown. */
  priceOf(name: string): Promise<ModelPrice | null>;
  answering: AnsweringModels;
  firsts: FirstAnswers;
  /** Members of requests that no list has, and that a person allows. */
  allowedMembers?: (() => readonly string[]) | undefined;
  guard: CallGuard;
  clock: Clock;
  limits: GatewayLimits;
  logger: Logger;
  /** If true, requests and answers are stored. */
  bodies: boolean;
  transport: Transport;
  /** By provider name; only clouds have one. */
  carriers: ReadonlyMap<string, Carrier>;
  books: Books;
  brake: Brake;
  drains: Drains;
  headroom: Headroom;
  places: KeyPlaces;
  slowRefusals: SlowRefusals;
  reader: RequestReader;
  keys: KnownKeys;
  prefixes: PrefixMemory;
}
