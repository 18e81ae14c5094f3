// Passes one request of a browser on to a service, and the answer back, as they come: nothing is collected. Both sides are
// hostile: each can end its own exchange, and nothing else.
import {
  type ClientRequest,
  type IncomingMessage,
  request,
  type ServerResponse,
  validateHeaderValue,
} from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { errorCode } from '../../stdx/system-error.ts';
import { headersForBrowser, headersForDaemon, headersIn, type PreviewPlace } from './preview-headers.ts';

/** Of a request, and of an answer. */
export const headerBytesMax = 32 * 1024;
/** How long an exchange may be without a byte in either direction. */
const idleMsMax = 5 * 60_000;

export interface Exchange {
  place: PreviewPlace;
  /** To the service, for this exchange only. */
  remote: Socket;
}

/** `refuse` answers if the service does not. If it throws, the connection to the service is for the caller to end. */
export function relay(
  asked: IncomingMessage,
  answer: ServerResponse,
  { place, remote }: Exchange,
  refuse: (because: string) => void,
): void {
  const sent = send(asked, { place, remote }, {});
  const broken = (because: string) => {
    if (answer.headersSent) answer.destroy();
    else if (!answer.destroyed) refuse(because);
    remote.destroy();
  };
  remote.setTimeout(idleMsMax, () => broken('it has been silent for too long'));
  sent.on('error', () => broken('it closed the connection'));
  sent.on('close', () => {
    if (!answer.headersSent) broken('it closed the connection');
  });
  sent.on('response', (given) => {
    given.on('error', () => broken('it closed the connection'));
    // The preview may be over meanwhile.
    if (answer.headersSent) return void remote.destroy();
    try {
      answer.writeHead(given.statusCode ?? 502, headersForBrowser(headersIn(given), place));
      // A stream may have no first byte for a long time.
      answer.flushHeaders();
    } catch (cause) {
      return broken(notPassedOn(cause));
    }
    given.pipe(answer);
  });
  answer.on('error', () => remote.destroy());
  answer.on('close', () => remote.destroy());
  asked.on('error', () => remote.destroy());
  asked.pipe(sent);
}

/** For a WebSocket: once the service has agreed, everything passes unread. */
export function relayUpgrade(
  asked: IncomingMessage,
  { socket, head }: { socket: Duplex; head: Buffer },
  { place, remote }: Exchange,
  refuse: (because: string) => void,
): void {
  const sent = send(asked, { place, remote }, { connection: 'Upgrade', upgrade: 'websocket' });
  let isAnswered = false;
  const broken = (because: string) => {
    if (isAnswered) return;
    isAnswered = true;
    refuse(because);
    remote.destroy();
  };
  remote.setTimeout(idleMsMax, () => broken('it has been silent for too long'));
  socket.on('error', () => remote.destroy());
  socket.on('close', () => remote.destroy());
  sent.on('error', () => broken('it closed the connection'));
  sent.on('close', () => broken('it closed the connection'));
  sent.on('response', ({ statusCode }) => broken(`it answers a WebSocket with ${statusCode}`));
  sent.on('upgrade', (given, open, first) => {
    let lines: readonly string[];
    try {
      lines = headLines(headersForBrowser(headersIn(given), place));
    } catch (cause) {
      return broken(notPassedOn(cause));
    }
    isAnswered = true;
    // Whether one that is silent still lives is for the two ends to find out.
    open.setTimeout(0);
    open.on('error', () => socket.destroy());
    open.on('close', () => socket.destroy());
    const start = ['HTTP/1.1 101 Switching Protocols', 'connection: Upgrade', 'upgrade: websocket', ...lines];
    socket.write(`${start.join('\r\n')}\r\n\r\n`, 'latin1');
    if (first.length > 0) socket.write(first);
    if (head.length > 0) open.write(head);
    socket.pipe(open);
    open.pipe(socket);
  });
  sent.end();
}

function send(
  asked: IncomingMessage,
  { place, remote }: Exchange,
  more: Readonly<Record<string, string>>,
): ClientRequest {
  return request({
    createConnection: () => remote,
    method: asked.method ?? 'GET',
    path: asked.url ?? '/',
    headers: { connection: 'close', ...headersForDaemon(headersIn(asked), place), ...more },
    setHost: false,
    maxHeaderSize: headerBytesMax,
  });
}

/** @throws TypeError if one of them cannot be written */
function headLines(headers: ReturnType<typeof headersForBrowser>): string[] {
  const pairs = Object.entries(headers).flatMap(([name, value]) =>
    [value].flat().map((each) => [name, String(each)] as const),
  );
  for (const [name, value] of pairs) validateHeaderValue(name, value);
  return pairs.map(([name, value]) => `${name}: ${value}`);
}

const notPassedOn = (cause: unknown) =>
  `its headers cannot be passed on (${errorCode(cause) ?? String(cause)})`;
