// Every limit of the gateway, with its reason; tests pass smaller ones.

import type { ThreadLimits } from '../stdx/async/thread-pool.ts';
import type { ConnectionLimits } from '../stdx/http/limit-connections.ts';
import { jsonLimits } from './wire/json-text.ts';

export interface BrakeLimits {
  /** Maximum number of failed calls in a row. */
  failuresMax: number;
  /** Maximum number of calls in a row that answer the same action of an agent, or that are equal and answer none. */
  repeatsMax: number;
  /** Maximum number of calls within `burstMs`. */
  burstCallsMax: number;
  burstMs: number;
  /** Number of remembered keys; the least recently used is forgotten first. */
  keysMax: number;
}

export interface GatewayLimits {
  /** For each of the gateway's two listeners; an agent with all its subagents holds about ten connections. */
  connections: ConnectionLimits;
  /** Concurrent calls, including waiting ones and answers that are read without a client. */
  callsMax: number;
  /**
   * Concurrent calls of one key, including requests that are still arriving: an agent with all its subagents makes
   * about ten.
   */
  callsPerKeyMax: number;
  urlCharsMax: number;
  headerBytesMax: number;
  /** How long the refusal of a stopped session, or of one at its limit, is delayed, and how many wait at a time. */
  slowRefusalMs: number;
  slowRefusalsMax: number;
  /** Time limits for a client's headers, and for its whole request. */
  headersMs: number;
  requestMs: number;
  requestBytesMax: number;
  /** Base time for a request's body, and the number of bytes that add one millisecond; a slower request is cut off. */
  bodyMs: number;
  bodyBytesPerMs: number;
  /** Bytes of all requests that are being read or wait to be sent, and of those of one key. */
  heldBytesMax: number;
  heldBytesPerKeyMax: number;
  /** For large requests, which are read in threads. */
  reading: ThreadLimits;
  /** How much a client that got an early answer may still send, so that it reads the answer instead of a reset. */
  lingerMs: number;

  /** The output limit for a request that sets none. */
  outputTokensDefault: number;
  outputTokensMax: number;
  /** A shorter answer is useless to an agent; refusing with a reason is better. */
  outputTokensLeast: number;
  /**
   * The output limit of a call that does not fit as it is, if it fits with this one. Nearly all answers are shorter, so it is
   * better than a wait for others.
   */
  outputTokensScarce: number;

  /** Time limit for one query to the ledger or for a price. */
  ledgerMs: number;
  /** How long a call waits for an open circuit. */
  circuitMs: number;
  /** How long a call waits for other calls under the same limits to release money. */
  headroomMs: number;
  headroomLookEveryMs: number;
  /** How long a call waits for the first answer of its model. */
  firstAnswerMs: number;
  /** How long it waits before it is held at the price of the dearest model instead, if the money is there. */
  firstPatienceMs: number;
  /** How long an answer shows what other calls to its model cost. */
  answerFreshMs: number;

  connectMs: number;
  /** Time limit for the response headers: without streaming, a model thinks before it sends anything. */
  answerMs: number;
  /** Time limit between two chunks of an answer. */
  idleMs: number;
  /** Time limit for a whole answer: the longest one that is asked for, at nine tokens a second. */
  wholeMs: number;
  /**
   * How long an idle connection to a provider is kept; shorter than providers keep theirs, so that a reused connection
   * is still alive.
   */
  keptConnectionMs: number;
  /** How long a client may read nothing before it counts as disconnected. */
  stallMs: number;
  /** Answers that are read without a client: how many, how much of each, how long. */
  drainsMax: number;
  drainBytesMax: number;
  drainMs: number;

  /** Number of ended calls that are not in the ledger yet; above this, no new call starts. */
  unbookedMax: number;
  /** How long an answer waits for its booking if its client asked for the booking first. */
  settleMs: number;
  /** The minimum time for pending bookings at shutdown. */
  lastBookingMs: number;
  /**
   * Number of queued records besides calls: refusals and stored bodies. Above this, they are dropped and the loss is
   * logged.
   */
  notesMax: number;
  /** How much of an error body is kept to identify it. */
  errorBytesMax: number;
  /** How much of a request or an answer is kept, if bodies are stored. */
  bodyBytesMax: number;
  brake: BrakeLimits;
}

export const gatewayLimits: GatewayLimits = {
  connections: {
    connectionsMax: 1_000,
    waitingMax: 512,
    waitingPerAddressMax: 512,
    unreadBytesMax: 256 * 1024 * 1024,
  },
  callsMax: 256,
  callsPerKeyMax: 64,
  slowRefusalMs: 500,
  slowRefusalsMax: 256,
  urlCharsMax: 4_096,
  headerBytesMax: 32 * 1_024,
  headersMs: 10_000,
  requestMs: 60_000,
  requestBytesMax: jsonLimits.bytesMax,
  bodyMs: 10_000,
  bodyBytesPerMs: 256,
  heldBytesMax: 256 * 1_024 * 1_024,
  heldBytesPerKeyMax: 48 * 1_024 * 1_024,
  reading: { threadsMax: 3, cpuMs: 10_000, waitMs: 60_000, idleMs: 30_000, heapMbMax: 512 },
  lingerMs: 2_000,

  outputTokensDefault: 16_000,
  outputTokensMax: 64_000,
  outputTokensLeast: 4_096,
  outputTokensScarce: 8_192,

  ledgerMs: 20_000,
  circuitMs: 10_000,
  headroomMs: 60_000,
  headroomLookEveryMs: 500,
  firstAnswerMs: 2 * 60_000,
  firstPatienceMs: 5_000,
  answerFreshMs: 10 * 60_000,

  connectMs: 10_000,
  answerMs: 10 * 60_000,
  idleMs: 5 * 60_000,
  wholeMs: 2 * 60 * 60_000,
  keptConnectionMs: 10_000,
  stallMs: 2 * 60_000,
  drainsMax: 64,
  drainBytesMax: 64 * 1_024 * 1_024,
  drainMs: 5 * 60_000,

  unbookedMax: 512,
  settleMs: 10_000,
  lastBookingMs: 5_000,
  notesMax: 1_000,
  errorBytesMax: 64 * 1_024,
  bodyBytesMax: 256 * 1_024,
  brake: { failuresMax: 12, repeatsMax: 10, burstCallsMax: 60, burstMs: 10_000, keysMax: 1_000 },
};
