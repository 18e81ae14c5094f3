// Every limit of the gateway, with its reason; a test hands in smaller ones.
import type { ConnectionLimits } from '../stdx/limit-connections.ts';
import type { ReadingLimits } from './reading-pool.ts';
import { jsonLimits } from './wire/json-text.ts';

export interface BrakeLimits {
  /** Failing calls in a row. */
  failuresMax: number;
  /** Calls in a row that answer the same action of an agent. */
  repeatsMax: number;
  /** Calls within `burstMs`. */
  burstCallsMax: number;
  burstMs: number;
  /** Keys that are remembered; the one that was used longest ago goes first. */
  keysMax: number;
}

export interface GatewayLimits {
  /** On each of its two doors; an agent with all its helpers keeps about ten. */
  connections: ConnectionLimits;
  /** At the same time, those that wait and those that are read to their end for nobody among them. */
  callsMax: number;
  /** Of one key, those whose request is still coming among them: an agent with all its helpers makes about ten. */
  callsPerKeyMax: number;
  urlCharsMax: number;
  headerBytesMax: number;
  /** For a client's headers, and for all of its request. */
  headersMs: number;
  requestMs: number;
  requestBytesMax: number;
  /** For a request's body, and for so many more bytes one millisecond more: one that comes more slowly is cut. */
  bodyMs: number;
  bodyBytesPerMs: number;
  /** Of all requests that are being read or wait to be sent, and of those of one key. */
  heldBytesMax: number;
  heldBytesPerKeyMax: number;
  /** For large requests, which are read in threads. */
  reading: ReadingLimits;
  /** What a client that is answered early may still send, so that it reads the answer and no reset. */
  lingerMs: number;

  /** Of a request that names no limit. */
  outputTokensDefault: number;
  outputTokensMax: number;
  /** Less is of no use to an agent: rather nothing, and it hears why. */
  outputTokensLeast: number;

  /** For one question to the ledger, or for a price. */
  ledgerMs: number;
  /** For a circuit that is open. */
  circuitMs: number;
  /** For other calls of the same envelope to give back what they do not need. */
  headroomMs: number;
  headroomLookEveryMs: number;

  connectMs: number;
  /** To the headers of the answer: one that is not streamed thinks before it says anything. */
  answerMs: number;
  /** Between two pieces of an answer. */
  idleMs: number;
  /** A connection to a provider that nobody uses; shorter than what providers keep, so that none is dead when it is taken. */
  keptConnectionMs: number;
  /** How long a client may take nothing before it counts as gone. */
  stallMs: number;
  /** Answers that are read to their end for nobody: how many, how much of each, how long. */
  drainsMax: number;
  drainBytesMax: number;
  drainMs: number;

  /** Calls that are over and not in the ledger yet; beyond, no new one is made. */
  unbookedMax: number;
  /** An answer whose client wants it booked first waits so long for that. */
  settleMs: number;
  /** At the end, for what is still to be booked, where the calls had less. */
  lastBookingMs: number;
  /** What is written down beside the calls: refusals, bodies. Beyond, it is dropped, and that is logged. */
  notesMax: number;
  /** What is kept of an error's body to know it by. */
  errorBytesMax: number;
  /** Of a request or an answer, where bodies are kept. */
  bodyBytesMax: number;
  brake: BrakeLimits;
}

export const gatewayLimits: GatewayLimits = {
  connections: { connectionsMax: 1_000, waitingMax: 512, waitingPerAddressMax: 512 },
  callsMax: 256,
  callsPerKeyMax: 64,
  urlCharsMax: 4_096,
  headerBytesMax: 32 * 1_024,
  headersMs: 10_000,
  requestMs: 60_000,
  requestBytesMax: jsonLimits.bytesMax,
  bodyMs: 10_000,
  bodyBytesPerMs: 256,
  heldBytesMax: 256 * 1_024 * 1_024,
  heldBytesPerKeyMax: 48 * 1_024 * 1_024,
  reading: { threadsMax: 3, readMs: 10_000, idleMs: 30_000, heapMbMax: 512 },
  lingerMs: 2_000,

  outputTokensDefault: 16_000,
  outputTokensMax: 64_000,
  outputTokensLeast: 4_096,

  ledgerMs: 5_000,
  circuitMs: 10_000,
  headroomMs: 20_000,
  headroomLookEveryMs: 500,

  connectMs: 10_000,
  answerMs: 10 * 60_000,
  idleMs: 5 * 60_000,
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
