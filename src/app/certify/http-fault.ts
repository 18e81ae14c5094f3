// The ways in which a model's server answers a call wrongly.
import type { ServerResponse } from 'node:http';

export type HttpFault =
  | { kind: 'reply'; status: number; headers?: Record<string, string>; body: string }
  /** Accepts the call and never answers. */
  | { kind: 'hang' }
  /** Announces the whole body, sends its first half and closes the connection. */
  | { kind: 'cut'; headers?: Record<string, string>; body: string };

export function sendFault(fault: HttpFault, response: ServerResponse): void {
  if (fault.kind === 'hang') return;
  if (fault.kind === 'reply') {
    response.writeHead(fault.status, { 'content-type': 'application/json', ...fault.headers });
    response.end(fault.body);
    return;
  }
  const body = Buffer.from(fault.body);
  response.writeHead(200, { ...fault.headers, 'content-length': body.length });
  response.write(body.subarray(0, Math.ceil(body.length / 2)), () => response.socket?.destroy());
}
