// Contains the location of the credential, never the credential itself.

import type { CallEnd, CallFailureKind, TokenUsage, WireName } from '../../../domain/agents/model-call.ts';
import type { EgressEntry } from '../../../domain/machine/egress.ts';

export interface CallDraw {
  /** A UUID chosen by the caller: drawing the same call twice counts once. */
  callId: string;
  keyId: string;
  /** SHA-256 of the client's key, in hex: path and key must belong together, or nothing is drawn. */
  keyHash: string;
  /** The gateway process that makes the call, as the ID of its row in `gateways`. */
  gatewayId: string;
  provider: string;
  /** `provider/model`. */
  model: string;
  wire: WireName;
  isStream: boolean;
  worstCaseNanoUsd: bigint;
  inputTokensMax: number;
  outputTokensMax: number;
  priceVersion: string;
}

/** The model and the version of the price that a cost was computed with. */
export interface PricedBy {
  /** `provider/model`. */
  model: string;
  version: string;
}

export interface ActualCost {
  nanoUsd: bigint;
  usage: TokenUsage;
  /** Null for the model and the version of the draw. */
  pricedBy?: PricedBy | null;
  /** As in `Presumed`. */
  stops?: string | undefined;
}

export interface Presumed {
  /** Set if the cost does not follow from the price: why, as the end of a sentence. The model is stopped. */
  stops?: string | undefined;
}

export type DrawAnswer =
  | { kind: 'drawn' }
  /** `openNanoUsd`: what other calls on the same envelope have reserved now and may release. */
  | { kind: 'no_room'; leftNanoUsd: bigint; openNanoUsd: bigint }
  | { kind: 'frozen' }
  /** No call to this model is made before a person has looked. */
  | { kind: 'model_stopped' }
  /** The key is unknown, revoked or expired, or its envelope is closed. */
  | { kind: 'key_invalid' }
  | { kind: 'stopped'; reason: string };

export interface CallLedger {
  /** For calls that are forwarded without a reservation. */
  verifyKey(keyId: string, keyHash: string): Promise<'valid' | 'own' | 'invalid' | 'stopped'>;
  /** The hosts that the agent with this key may reach; its provider may fetch files from no others. */
  hostsOf(keyId: string): Promise<readonly EgressEntry[]>;
  /** The brake: this key can draw nothing more, and its run is stopped. */
  stopKey(keyId: string, reason: string): Promise<void>;
  draw(draw: CallDraw): Promise<DrawAnswer>;
  /** Reduces the reservation once the provider has reported the length of the input. Never raises it. */
  shrink(callId: string, worstCaseNanoUsd: bigint): Promise<void>;
  /**
   * Books the real cost, even if a presumed cost was booked before. False if the call was already settled. Bookings may
   * wait a moment to be written with others, unless they are awaited.
   */
  settle(callId: string, actual: ActualCost, end: CallEnd, isAwaited?: boolean): Promise<boolean>;
  /** Books the whole worst case as spent, because the cost is unknown. */
  presume(callId: string, end: CallEnd, isAwaited?: boolean, presumed?: Presumed): Promise<boolean>;
  /** Books nothing: the provider says that it billed nothing, or nothing was sent. */
  void(callId: string, end: CallEnd, isAwaited?: boolean): Promise<boolean>;
  /** Records a call that was refused before it was drawn, without money. */
  refused(
    draw: Omit<CallDraw, 'worstCaseNanoUsd' | 'priceVersion'>,
    failure: CallFailureKind,
    end: CallEnd,
  ): Promise<void>;
  /**
   * Records that a dearer model, or one without a price, has answered for another one, and tells people about it the
   * first time.
   */
  answeredByOther(
    callId: string,
    models: { asked: string; answered: string; isUnpriced: boolean },
  ): Promise<void>;
  /** Called only if bodies are stored; secrets are already removed. */
  keepBodies(callId: string, bodies: { request: string; response: string }): Promise<void>;
  /** Gives back what is leased. */
  close(): Promise<void>;
}
