// The gateway's side of the ledger: a call draws on its work order's envelope before any byte is sent, and is
// settled once (R-BUD-2, R-BUD-3).
import type { CallEnd, CallFailureKind, TokenUsage, WireName } from '../../domain/model-call.ts';

export interface CallDraw {
  /** A UUID from the caller: drawing the same call twice counts once. */
  callId: string;
  keyId: string;
  /** SHA-256 of the client's key, in hex: path and key must belong together, or nothing is drawn. */
  keyHash: string;
  /** The gateway process that makes the call, by its row in `gateways`. */
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

export type DrawAnswer =
  | { kind: 'drawn' }
  /** `openNanoUsd`: what other calls of the same envelope hold now, and may release. */
  | { kind: 'no_room'; leftNanoUsd: bigint; openNanoUsd: bigint }
  | { kind: 'frozen' }
  /** Unknown, revoked, expired, or its envelope is closed. */
  | { kind: 'key_invalid' }
  | { kind: 'stopped'; reason: string };

export interface CallLedger {
  /** For calls that are forwarded without a hold. */
  verifyKey(keyId: string, keyHash: string): Promise<'valid' | 'own' | 'invalid' | 'stopped'>;
  /** The brake: this key can draw nothing more, and its run is stopped. */
  stopKey(keyId: string, reason: string): Promise<void>;
  draw(draw: CallDraw): Promise<DrawAnswer>;
  /** The provider has reported the length of the input: less is needed. Never raises the hold. */
  shrink(callId: string, worstCaseNanoUsd: bigint): Promise<void>;
  /** The real cost, also after a presumption, because it is evidence. False if it was already settled. */
  settle(callId: string, actual: { nanoUsd: bigint; usage: TokenUsage }, end: CallEnd): Promise<boolean>;
  /** The cost is unknown: the whole worst case is spent. */
  presume(callId: string, end: CallEnd): Promise<boolean>;
  /** Nothing was billed: the provider says so, or nothing was sent. */
  void(callId: string, end: CallEnd): Promise<boolean>;
  /** A call that was refused before it was drawn: a record without money. */
  refused(
    draw: Omit<CallDraw, 'worstCaseNanoUsd' | 'priceVersion'>,
    failure: CallFailureKind,
    end: CallEnd,
  ): Promise<void>;
  /** Only if bodies are recorded; secrets are removed before. */
  keepBodies(callId: string, bodies: { request: string; response: string }): Promise<void>;
}
