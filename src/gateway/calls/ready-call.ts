import type { ModelPrice } from '../../domain/agents/price.ts';
import type { Carrier } from '../clouds/carrier.ts';
import type { AskedModel } from '../request/answering-models.ts';
import type { InputPart, ReadCall, Wire } from '../wire/wire.ts';
import type { CallIdentity, Drawn } from './draw-call.ts';
import type { FirstTurn } from './first-answers.ts';
import type { GuardedEnd } from './guard.ts';
import type { UpstreamRequest } from './upstream.ts';

export interface ReadyCall {
  callId: string;
  wire: Wire;
  /** The provider's name for the model. */
  model: string;
  /** Set if a cloud carries the protocol. */
  carrier: Carrier | null;
  isStream: boolean;
  filter: ReadCall['filter'];
  /** The answer ends only once the ledger has the booking. */
  isSettledFirst: boolean;
  /** True if the maker of the protocol answers, or a cloud that carries it. */
  isOwnHost: boolean;
  /** True if the input count at the start of an answer is what is billed; otherwise it may be a placeholder. */
  isFirstWordTrue: boolean;
  /** Null for a call that costs nothing. */
  money: Money | null;
  request: UpstreamRequest;
  /** Releases the memory that the request takes. */
  free(): void;
}

export interface Money extends Drawn {
  identity: CallIdentity;
  asked: AskedModel;
  /** Covers every model that is known to answer for the one that was asked for. */
  boundPrice: ModelPrice;
  parts: readonly InputPart[];
  thinkingTokensMax: number;
  actionHash: string | null;
  requestHash: string | null;
  /** Set for the first calls to a model, which others wait for. */
  first: FirstTurn;
  /** Reports the call's end to the guard that admitted it. */
  ended(end: GuardedEnd): void;
}
