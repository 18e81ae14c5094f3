// Calls a provider once: no retry, no redirect, no compressed answer; and knows whether a byte may have been sent when
// it failed.
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { CallFailureKind } from '../../domain/agents/model-call.ts';
import { agentsThrough, type ForwardProxy, isReady } from '../../stdx/http/forward-proxy.ts';
import type { GatewayLimits } from '../limits.ts';

export interface UpstreamRequest {
  url: URL;
  method: string;
  headers: Readonly<Record<string, string>>;
  body: Buffer;
}

/** Used only inside this folder. */
export class UpstreamFailure extends Error {
  readonly kind: Extract<CallFailureKind, 'unreachable' | 'timeout' | 'cut_stream' | 'malformed'>;
  /** False if the provider received nothing and so bills nothing. */
  readonly wasSent: boolean;

  constructor(kind: UpstreamFailure['kind'], wasSent: boolean, cause?: unknown) {
    super(kind, { cause });
    this.kind = kind;
    this.wasSent = wasSent;
  }
}

export interface Transport {
  /** The response headers. Aborting the signal ends the request and later the answer. @throws UpstreamFailure */
  ask(request: UpstreamRequest, signal: AbortSignal): Promise<IncomingMessage>;
  close(): void;
}

type Limits = Pick<GatewayLimits, 'connectMs' | 'answerMs' | 'keptConnectionMs' | 'headerBytesMax'>;

/** Idle connections to one provider. */
const keptConnectionsMax = 32;
/** How long a connection may be silent before the kernel checks whether the peer is still there. */
const tcpKeepAliveMs = 30_000;

export function openTransport(limits: Limits, proxy: ForwardProxy): Transport {
  const agents = agentsThrough(proxy, {
    keepAlive: true,
    keepAliveMsecs: tcpKeepAliveMs,
    maxFreeSockets: keptConnectionsMax,
    timeout: limits.keptConnectionMs,
  });
  return {
    ask: ({ url, method, headers, body }, signal) => {
      const isSecure = url.protocol === 'https:';
      const sent = (isSecure ? httpsRequest : httpRequest)(url, {
        method,
        agent: agents.of(url),
        maxHeaderSize: limits.headerBytesMax,
        headers: { ...headers, 'accept-encoding': 'identity', 'content-length': body.length },
      });
      return answerOf(sent, { limits, connectedOn: isSecure ? 'secureConnect' : 'connect', body, signal });
    },
    close: () => agents.destroy(),
  };
}

interface Sending {
  limits: Limits;
  /** From here on, written bytes reach the provider. */
  connectedOn: 'connect' | 'secureConnect';
  body: Buffer;
  signal: AbortSignal;
}

function answerOf(
  sent: ClientRequest,
  { limits, connectedOn, body, signal }: Sending,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    let wasSent = false;
    let isAnswered = false;
    const stop = () => sent.destroy(new UpstreamFailure('cut_stream', wasSent, signal.reason));
    let timer = setTimeout(() => {
      sent.destroy(new UpstreamFailure('unreachable', false, new Error('no connection in time')));
    }, limits.connectMs);
    const connected = () => {
      wasSent = true;
      clearTimeout(timer);
      timer = setTimeout(() => {
        sent.destroy(new UpstreamFailure('timeout', true));
      }, limits.answerMs);
    };
    sent.once('socket', (socket) => {
      if (sent.reusedSocket || isReady(socket)) connected();
      else socket.once(connectedOn, connected);
    });
    sent.once('response', (answer) => {
      clearTimeout(timer);
      isAnswered = true;
      answer.once('close', () => signal.removeEventListener('abort', stop));
      resolve(answer);
    });
    // Nobody asked for another protocol, and what is spoken there could not be metered.
    sent.once('upgrade', (_answer, socket) => {
      reject(new UpstreamFailure('malformed', true));
      socket.destroy();
    });
    // A request that breaks after the response headers breaks the response too, and its reader gets the error.
    sent.on('error', (cause) => {
      clearTimeout(timer);
      if (!isAnswered) signal.removeEventListener('abort', stop);
      reject(asFailure(cause, wasSent));
    });
    // Always the last event: after an answer or an error, it changes nothing.
    sent.once('close', () => {
      if (isAnswered) return;
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      reject(new UpstreamFailure('cut_stream', wasSent));
    });
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    sent.end(body);
  });
}

function asFailure(cause: Error & { code?: string }, wasSent: boolean): UpstreamFailure {
  if (cause instanceof UpstreamFailure) return cause;
  if (!wasSent) return new UpstreamFailure('unreachable', false, cause);
  // `HPE_…`: the response is not HTTP.
  return new UpstreamFailure(cause.code?.startsWith('HPE_') ? 'malformed' : 'cut_stream', true, cause);
}
