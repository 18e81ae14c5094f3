// The interface between the proxy and the providers' protocols. A wire reads a request, bounds its cost, collects the
// usage from the answer, and expresses the gateway's own refusals so that clients understand them. Pure: it sends
// nothing and waits for nothing.
import type { CloudName } from '../../domain/agents/cloud.ts';
import type { CallFailureKind, TokenUsage, WireName } from '../../domain/agents/model-call.ts';
import type { EgressEntry } from '../../domain/machine/egress.ts';

export interface WireRequest {
  method: string;
  /** The path below the provider's base URL, with its version segment: `/v1/messages`. */
  path: string;
  /** As in a URL, including the leading `?`; empty if there is none. */
  search: string;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: Buffer;
  /**
   * True if the request goes to the host of the protocol's maker, which knows the newest members. Other hosts may
   * ignore or reject them.
   */
  isOwnHost?: boolean;
  /** True unless the host is known to count thinking within the limit on the output. */
  isThinkingBeside?: boolean;
  /**
   * The hosts whose files the provider may fetch for this session. Absent only where no session asks: then nothing is
   * refused for what it refers to.
   */
  hosts?: readonly EgressEntry[];
  /** Members that no list has, and that a person allows, without indexes: `diagnostics`, `tools.hint`. */
  allowedMembers?: readonly string[];
  /** Set if the request goes to a cloud, which wants Anthropic's protocol in a form of its own. */
  cloud?: CloudName;
}

/** The most expensive kind of input that a request may use. */
export type CachePremium = 'none' | 'write' | 'write_1h';

export interface ReadCall {
  /** The provider's name for the model. */
  model: string;
  isStream: boolean;
  /** True for free calls (token counting): forwarded without a reservation. */
  isFree: boolean;
  /**
   * The parts of the input, in the order in which the provider reads them: tools and system first, then each message.
   * `hash` covers all parts up to this one; `tokensMax` bounds this part only, null if its size cannot be seen (an
   * image, a file's ID, a stored conversation).
   */
  parts: readonly InputPart[];
  /** Tokens of what is sent besides the parts: members that no model reads, whitespace, escapes. */
  besideTokensMax: number;
  cachePremium: CachePremium;
  /** As requested; null if the request has none. */
  outputTokensMax: number | null;
  /** Tokens of thinking that the limit on the output may not cover; 0 if absent. */
  thinkingTokensMax?: number;
  /** Equal for two requests in which an agent repeats the same action; null if it has not acted yet. */
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
  /**
   * Null if the content behind a reference may change (at an address, or at the provider): such a part is never
   * recognised again.
   */
  hash: string | null;
  /** Tokens of the text whose size is known. */
  bytes: number;
  /** What is sealed in it is not counted. */
  tokensMax: number | null;
  /** The hashes of what only the provider can read, if there is any. */
  sealed?: readonly string[] | undefined;
}

/** Removes from a stream what only the gateway asked for. */
export interface AnswerFilter {
  /** Bytes to pass on now. */
  push(chunk: Buffer): Buffer;
  /** The bytes that are left at the end. */
  end(): Buffer;
}

export interface Refusal {
  failure: Extract<CallFailureKind, 'bad_request' | 'refused_feature'>;
  /** One sentence: which part cannot be bounded or read, and what to do. */
  message: string;
}

/**
 * Reads the usage from an answer as it passes. Never throws, whatever a provider sends, and holds a bounded number of
 * bytes. It expects plain bytes: the gateway asks the provider for `identity`, and `ReadCall.headers` never contains a
 * client's own encoding.
 */
export interface UsageFold {
  push(chunk: Buffer): void;
  /** The usage so far, with the reported input and an output of 0; null until the provider has reported the input. */
  readonly input: TokenUsage | null;
  /** The names of the model that answers, as the answer has reported them so far. */
  readonly models: readonly string[];
  /** Called once when the answer has ended, however it ended. */
  end(): FoldEnd;
}

export interface FoldEnd {
  /** Null if the provider did not report it. */
  usage: TokenUsage | null;
  /** True if the answer is complete: a terminal event, or a whole JSON document. */
  isWhole: boolean;
  /** An error inside a stream, after a success status. */
  failure: CallFailureKind | null;
  /**
   * What cost more than its tokens, or used another tariff than the bound assumed (`speed: fast`). The cost then does
   * not follow from the tokens.
   */
  surprise: string | null;
  /**
   * The first member of the answer that is on no list of its protocol, such as `usage.citation_tokens` or `citations`: it
   * may have been charged apart.
   */
  unlisted?: string | undefined;
  /** Characters of text and of arguments that the answer has shown. */
  shownChars: number;
  /** The hashes of what only the provider can read: each has no more tokens than the answer. */
  sealed?: readonly string[] | undefined;
  /** What the provider says that it charges for the call, in dollars if its host is known to. */
  chargedNanoUsd?: bigint | undefined;
}

export interface OwnAnswer {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: string;
}

export interface Wire {
  readonly name: WireName;
  /** Whether a request, by its path below a provider's base URL, belongs to this protocol. */
  matches(method: string, path: string): boolean;
  /** The client's key, wherever this protocol carries it. */
  keyOf(request: Pick<WireRequest, 'headers' | 'search'>): string | null;
  /** Never throws, whatever a client sends. */
  read(request: WireRequest): ReadCall | { refusal: Refusal };
  /** The headers that identify the customer to the provider. */
  authorization(apiKey: string): Readonly<Record<string, string>>;
  fold(isStream: boolean): UsageFold;
  /** The failure that an answer with an error status reports. */
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
  /** A refusal in the middle of a stream: its last bytes. */
  breakOff(failure: CallFailureKind, message: string): string;
}
