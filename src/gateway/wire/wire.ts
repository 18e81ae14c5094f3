// The seam between the proxy and the providers' protocols: a wire reads a request, bounds it, folds the usage out of the
// answer, and words the gateway's own refusals so that its clients understand them. Pure: it sends nothing, waits for nothing.
import type { CallFailureKind, TokenUsage, WireName } from '../../domain/model-call.ts';

export interface WireRequest {
  method: string;
  /** Below the provider's base, with its version segment: `/v1/messages`. */
  path: string;
  /** As in a URL, with its `?`; empty where there is none. */
  search: string;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: Buffer;
  /**
   * It goes to the host of who made the protocol, where its newest members are known. Others may ignore them, or refuse them.
   */
  isOwnHost?: boolean;
}

/** The dearest kind of input that a request may turn into. */
export type CachePremium = 'none' | 'write' | 'write_1h';

export interface ReadCall {
  /** As the provider names it. */
  model: string;
  isStream: boolean;
  /** Costs nothing (counting tokens): forwarded without a hold. */
  isFree: boolean;
  /**
   * The parts of the input, in the order in which the provider reads them: tools and system first, then each message.
   * `hash` covers all parts up to this one; `tokensMax` bounds this part alone, null where its size cannot be seen
   * (an image, a file's id, a stored conversation).
   */
  parts: readonly InputPart[];
  /** For what is sent beside the parts: members that no model reads, blanks, escapes. */
  besideTokensMax: number;
  cachePremium: CachePremium;
  /** As asked for; null where the request has none. */
  outputTokensMax: number | null;
  /** The same for the same action of an agent asked again and again; null where it has not acted yet. */
  actionHash: string | null;
  /** Headers to send on, the client's key not among them. */
  headers: Readonly<Record<string, string>>;
  /** The body to send on, with this limit written into it and with what the bound needs; the client's own bytes where nothing changes. */
  render(outputTokensMax: number): Buffer;
  /** What the client did not ask for and is not to see; null where the answer goes through byte for byte. */
  filter: (() => AnswerFilter) | null;
}

export interface InputPart {
  /** Null where what it stands for may change: behind an address, or with the provider. It is never found again. */
  hash: string | null;
  /** Of the text that can be seen. */
  bytes: number;
  tokensMax: number | null;
}

/** Takes out of a stream what only the gateway asked for. */
export interface AnswerFilter {
  /** Bytes to pass on now. */
  push(chunk: Buffer): Buffer;
  /** What is left at the end. */
  end(): Buffer;
}

export interface Refusal {
  failure: Extract<CallFailureKind, 'bad_request' | 'refused_feature'>;
  /** One sentence: what it is that cannot be bounded or read, and what to do. */
  message: string;
}

/**
 * Reads the usage out of an answer as it passes. Never throws for what a provider sends; holds a bounded number of bytes. It
 * reads plain bytes: the provider is asked for `identity`, and a client's own wish stands in no `ReadCall.headers`.
 */
export interface UsageFold {
  push(chunk: Buffer): void;
  /** The input, once the provider has said it, output counted as 0; null until then. */
  readonly input: TokenUsage | null;
  /** Once, when the answer has ended, however it did. */
  end(): FoldEnd;
}

export interface FoldEnd {
  /** Null where the provider did not say. */
  usage: TokenUsage | null;
  /** The answer came to its own end: a terminal event, a whole JSON document. */
  isWhole: boolean;
  /** An error that came within a stream, after a good status. */
  failure: CallFailureKind | null;
  /** What cost more than its tokens, or was priced by another tariff than the one that bounded it: `speed: fast`. Then the cost is not known by the tokens. */
  surprise: string | null;
}

export interface OwnAnswer {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: string;
}

export interface Wire {
  readonly name: WireName;
  /** Whether a request below a provider's base is of this protocol. */
  matches(method: string, path: string): boolean;
  /** The key that the client came with, wherever this protocol carries it. */
  keyOf(request: Pick<WireRequest, 'headers' | 'search'>): string | null;
  /** Never throws for what a client sends. */
  read(request: WireRequest): ReadCall | { refusal: Refusal };
  /** The headers by which the provider knows its customer. */
  authorization(apiKey: string): Readonly<Record<string, string>>;
  fold(isStream: boolean): UsageFold;
  /** What the provider says in an answer of an error status. */
  failureOf(
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
    body: Buffer,
  ): CallFailureKind;
  /** The gateway's own refusal, in the provider's words; `failure` is named in it for whoever reads it by program. */
  refuse(answer: {
    status: number;
    failure: CallFailureKind;
    message: string;
    retryAfterMs?: number | null;
  }): OwnAnswer;
  /** The same in the midst of a stream that has begun: its last bytes. */
  breakOff(failure: CallFailureKind, message: string): string;
}
