// Reads a request and writes the one to send, in one go: in the gateway's own thread or in another, with the same
// result.
import type { Buffer } from 'node:buffer';
import type { WireName } from '../../domain/agents/model-call.ts';
import type { GatewayLimits } from '../limits.ts';
import type { ReadCall, Refusal, Wire, WireRequest } from '../wire/wire.ts';
import { outputToReserve } from './bound.ts';
import { shapeOf } from './request-shape.ts';

export type OutputLimits = Pick<GatewayLimits, 'outputTokensDefault' | 'outputTokensMax'>;

/** The parts of a request that can be transferred between threads. */
export type ReadFields = Omit<ReadCall, 'render' | 'filter'> & { hasFilter: boolean };

export interface ReadingTask {
  wire: WireName;
  request: WireRequest;
  limits: OutputLimits;
  /** Null to use the limit that the request asks for. */
  outputTokensMax: number | null;
}

export interface Rendered {
  body: Buffer;
  outputTokensMax: number;
}

export type Reading = { refusal: Refusal } | { read: ReadFields; rendered: Rendered };

export type ReadHere = { refusal: Refusal } | { read: ReadCall };

export function readHere(wire: Wire, request: WireRequest): ReadHere {
  const { problem } = shapeOf(request.body);
  if (problem !== null) return { refusal: tooMuch(problem) };
  const read = wire.read(request);
  return 'refusal' in read ? read : { read };
}

export function readWhole(wire: Wire, { request, limits, outputTokensMax }: ReadingTask): Reading {
  const here = readHere(wire, request);
  if ('refusal' in here) return here;
  const { render, filter, ...fields } = here.read;
  const limit = outputTokensMax ?? limitToRender(here.read, limits);
  return {
    read: { ...fields, hasFilter: filter !== null },
    rendered: { body: render(limit), outputTokensMax: limit },
  };
}

/** The request to send if the ledger grants everything that was asked for. */
export function limitToRender(
  read: Pick<ReadCall, 'isFree' | 'outputTokensMax'>,
  limits: OutputLimits,
): number {
  return read.isFree ? limits.outputTokensMax : outputToReserve(read, limits);
}

export function tooMuch(problem: string): Refusal {
  return {
    failure: 'bad_request',
    message: `The request ${problem}, which is more than the gateway accepts; send less of the conversation.`,
  };
}
