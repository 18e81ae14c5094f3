// The interface between the proxy and the providers' protocols: a wire reads a request, bounds it, collects the usage
// from the answer, and expresses the gateway's own refusals so that its clients understand them. Pure: it sends nothing
// and waits for nothing.
import type { CallFailureKind, TokenUsage, WireName } from '../../domain/model-call.ts';

export interface WireRequest {
  method: string;
  /** The path below the provider's base URL, with its version segment: `/v1/messages`. */
  path: string;
  /** As in a URL, with its `?`; empty if there is none. */
  search: string;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: Buffer;
  /**
   * It goes to the host of the protocol's maker, which knows its newest members. Other hosts may ignore or reject them.
   */
  isOwnHost?: boolean;
}

/** The most expensive kind of input that a request may turn into. */
export type CachePremium = 'none' | 'write' | 'write_1h';

export interface ReadCall {
  /** The provider's name for it. */
  model: string;
  isStream: boolean;
  /** Free (token counting): forwarded without a hold. */
  isFree: boolean;
  /**
   * The parts of the input, in the order in which the provider reads them: tools and system first, then each message.
   * `hash` covers all parts up to this one; `tokensMax` bounds this part only, null if its size cannot be seen (an
   * image, a file's ID, a stored conversation).
   */
  parts: readonly InputPart[];
  /** For what is sent beside the parts: members that no model reads, whitespace, escapes. */
  besideTokensMax: number;
  cachePremium: CachePremium;
  /** As requested; null if the request has none. */
  outputTokensMax: number | null;
  /** Equal if an agent asks for the same action again; null if it has not acted yet. */
  actionHash: string | null;
  /** Headers to send on, without the client's key. */
  headers: Readonly<Record<string, string>>;
  /**
   * The body to send, with this limit and the changes that the bound needs; the client's own bytes if nothing changes.
   */
  render(outputTokensMax: number): Buffer;
  /** Removes what the client did not ask for; null if the answer passes unchanged. */
  filter: (() => AnswerFilter) | null;
}

export interface InputPart {
  /** Null if what it refers to may change: behind an address, or at the provider. It is never recognised again. */
  hash: string | null;
  /** For the text that can be seen. */
  bytes: number;
  tokensMax: number | null;
}

/** Removes from a stream what only the gateway asked for. */
export interface AnswerFilter {
  /** Bytes to pass on now. */
  push(chunk: Buffer): Buffer;
  /** What is left at the end. */
  end(): Buffer;
}

export interface Refusal {
  failure: Extract<CallFailureKind, 'bad_request' | 'refused_feature'>;
  /** One sentence: what cannot be bounded or read, and what to do. */
  message: string;
}

/**
 * Reads the usage from an answer as it passes. Never throws, whatever a provider sends; holds a bounded number of
 * bytes. It reads plain bytes: the provider is asked for `identity`, and `ReadCall.headers` never has a client's own
 * encoding.
 */
export interface UsageFold {
  push(chunk: Buffer): void;
  /** The input, once the provider has reported it, with output counted as 0; null until then. */
  readonly input: TokenUsage | null;
  /** Called once, when the answer has ended, in whatever way. */
  end(): FoldEnd;
}

export interface FoldEnd {
  /** Null if the provider did not say. */
  usage: TokenUsage | null;
  /** The answer is complete: a terminal event, a whole JSON document. */
  isWhole: boolean;
  /** An error inside a stream, after a success status. */
  failure: CallFailureKind | null;
  /**
   * What cost more than its tokens, or had another tariff than the bound assumed: `speed: fast`. Then the tokens do not
   * tell the cost.
   */
  surprise: string | null;
}

export interface OwnAnswer {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: string;
}

export interface Wire {
  readonly name: WireName;
  /** Whether a request below a provider's base URL is of this protocol. */
  matches(method: string, path: string): boolean;
  /** The client's key, wherever this protocol carries it. */
  keyOf(request: Pick<WireRequest, 'headers' | 'search'>): string | null;
  /** Never throws, whatever a client sends. */
  read(request: WireRequest): ReadCall | { refusal: Refusal };
  /** The headers that identify the customer to the provider. */
  authorization(apiKey: string): Readonly<Record<string, string>>;
  fold(isStream: boolean): UsageFold;
  /** What the provider says in an answer with an error status. */
  failureOf(
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
    body: Buffer,
  ): CallFailureKind;
  /** The gateway's own refusal, in the provider's format; `failure` is in it for programs to read. */
  refuse(answer: {
    status: number;
    failure: CallFailureKind;
    message: string;
    retryAfterMs?: number | null;
  }): OwnAnswer;
  /** The same in the middle of a stream: its last bytes. */
  breakOff(failure: CallFailureKind, message: string): string;
}
