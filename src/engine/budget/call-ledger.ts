// The gateway's side of the ledger: a call draws on its work order's envelope before any byte is sent, and is
// settled once (R-BUD-2, R-BUD-3).
import type { CallEnd, CallFailureKind, TokenUsage, WireName } from '../../domain/model-call.ts';

export interface CallDraw {
  /** A UUID made by the caller: the same call drawn twice is one. */
  callId: string;
  keyId: string;
  /** SHA-256 of the key that the client came with, hex: path and key belong together, or nothing is drawn. */
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
  /** `openNanoUsd`: what other calls of the same envelope hold at this moment, and may give back. */
  | { kind: 'no_room'; leftNanoUsd: bigint; openNanoUsd: bigint }
  | { kind: 'frozen' }
  /** Unknown, revoked, expired, or its envelope is closed. */
  | { kind: 'key_invalid' }
  | { kind: 'stopped'; reason: string };

export interface CallLedger {
  /** For what is forwarded without a hold. */
  verifyKey(keyId: string, keyHash: string): Promise<'valid' | 'own' | 'invalid' | 'stopped'>;
  /** The brake: this key can draw nothing more, and its run is stopped. */
  stopKey(keyId: string, reason: string): Promise<void>;
  draw(draw: CallDraw): Promise<DrawAnswer>;
  /** The provider has said how long the input is: less is needed. Never raises. */
  shrink(callId: string, worstCaseNanoUsd: bigint): Promise<void>;
  /** What it really cost; from presumed too, since that is evidence. False where it was settled before. */
  settle(callId: string, actual: { nanoUsd: bigint; usage: TokenUsage }, end: CallEnd): Promise<boolean>;
  /** Nobody knows what it cost: all of its worst case. */
  presume(callId: string, end: CallEnd): Promise<boolean>;
  /** Nothing was billed: by what the provider says, or since nothing was sent. */
  void(callId: string, end: CallEnd): Promise<boolean>;
  /** A call that was refused before it was drawn: a record without money. */
  refused(
    draw: Omit<CallDraw, 'worstCaseNanoUsd' | 'priceVersion'>,
    failure: CallFailureKind,
    end: CallEnd,
  ): Promise<void>;
  /** Only where bodies are asked for; secrets are taken out before. */
  keepBodies(callId: string, bodies: { request: string; response: string }): Promise<void>;
}
