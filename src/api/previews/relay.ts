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
import { headersForBrowser, headersForDaemon, type PreviewPlace } from './preview-headers.ts';

/** Of a request, and of an answer. */
export const headerBytesMax = 32 * 1024;
/** How long an exchange may be without a byte in either direction. */
const idleMsMax = 5 * 60_000;

export interface Exchange {
  place: PreviewPlace;
  /** To the service, for this exchange only. */
  remote: Socket;
}

/** `refuse` answers if the service does not. */
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
      answer.writeHead(given.statusCode ?? 502, headersForBrowser(given.headersDistinct, place));
      // A stream may have no first byte for a long time.
      answer.flushHeaders();
    } catch (cause) {
      if (!(cause instanceof TypeError || cause instanceof RangeError)) throw cause;
      return broken('its headers cannot be passed on');
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
    const lines = headLines(headersForBrowser(given.headersDistinct, place));
    if (lines === null) return broken('its headers cannot be passed on');
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
    headers: { connection: 'close', ...headersForDaemon(asked.headersDistinct, place), ...more },
    setHost: false,
    maxHeaderSize: headerBytesMax,
  });
}

/** Null if one of them cannot be written. */
function headLines(headers: ReturnType<typeof headersForBrowser>): string[] | null {
  const pairs = Object.entries(headers).flatMap(([name, value]) =>
    [value].flat().map((each) => [name, String(each)] as const),
  );
  try {
    for (const [name, value] of pairs) validateHeaderValue(name, value);
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    return null;
  }
  return pairs.map(([name, value]) => `${name}: ${value}`);
}
