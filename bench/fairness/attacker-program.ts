// One session that sends the worst requests that its key allows, as a separate process, until its parent is gone: the
// requests that are the most expensive to read, without pauses, and as many unfinished ones as possible.
import { Agent, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { worstBody } from './worst-bodies.ts';

/** The number of its requests by the status of their answer. */
export interface AttackerMessage {
  statuses: Record<string, number>;
}

const [url = '', keyId = '', secret = '', kind = ''] = process.argv.slice(2);
const atOnce = 6;
const unfinishedCount = 260;
const againAfterMs = 200;

const body = worstBody(kind);
const path = `/s/${keyId}/scripted/v1/messages${kind === 'counted' ? '/count_tokens' : ''}`;
const agent = new Agent({ keepAlive: true });
const { hostname, port } = new URL(url);
const statuses: AttackerMessage['statuses'] = {};

function count(what: string): void {
  statuses[what] = (statuses[what] ?? 0) + 1;
}

function send(): void {
  const headers = { 'content-type': 'application/json', 'x-api-key': secret, 'content-length': body.length };
  const asked = httpRequest({ hostname, port, path, method: 'POST', agent, headers }, (answer) => {
    count(String(answer.statusCode));
    answer.resume();
    answer.once('close', send);
  });
  asked.once('error', () => {
    count('broken');
    setTimeout(send, againAfterMs);
  });
  asked.end(body);
}

function hold(): void {
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  socket.write(
    `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nx-api-key: ${secret}\r\ncontent-length: 9000\r\n\r\n{`,
  );
  socket.once('close', () => setTimeout(hold, againAfterMs));
}

for (let n = 0; n < atOnce; n++) send();
for (let n = 0; n < unfinishedCount; n++) hold();
process.on('message', () => process.send?.({ statuses } satisfies AttackerMessage));
process.once('disconnect', () => process.exit(0));
process.send?.({ statuses } satisfies AttackerMessage);
