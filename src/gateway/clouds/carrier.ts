import type { IncomingMessage } from 'node:http';
import type { Clock } from '../../stdx/clock.ts';
import type { ForwardProxy } from '../../stdx/http/forward-proxy.ts';
import type { UpstreamRequest } from '../calls/upstream.ts';

export interface CarriedCall {
  /** The cloud's name for the model. */
  model: string;
  isStream: boolean;
  headers: Readonly<Record<string, string>>;
  body: Buffer;
}

/** Turns an answer's bytes into those of Anthropic's protocol. */
export interface AnswerDecoder {
  /** Bytes that are complete by now. */
  push(chunk: Buffer): Buffer;
  /** What is left when the answer has ended. */
  end(): Buffer;
  /** True once the answer cannot be read, or has ended too early: it counts as cut off. */
  readonly isBroken: boolean;
}

export interface Carrier {
  /** Reads or renews the credentials, before money is reserved for a call. @throws CallRefused */
  ready(signal: AbortSignal): Promise<Authorize>;
  shown(head: IncomingMessage, model: string): ShownAnswer;
  /** True for statuses with which the cloud may bill what the model did before. */
  mayBill(status: number): boolean;
}

export interface CarrierDeps {
  baseUrl: string;
  clock: Clock;
  errorBytesMax: number;
  /** Through which credentials are asked for. */
  proxy?: ForwardProxy | undefined;
}

/** Turns a call into the request to send; a signature in it is valid for minutes. */
export type Authorize = (call: CarriedCall) => Promise<UpstreamRequest>;

export interface ShownAnswer {
  /** The status for the client, which knows those of Anthropic. */
  status: number;
  /** Alternating names and values. */
  headers: string[];
  /** Null if the bytes are Anthropic's already. */
  decoder: AnswerDecoder | null;
}
