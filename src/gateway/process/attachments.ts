// The attached Moose processes: each holds one response open, which the kernel closes when either side dies.
import type { ServerResponse } from 'node:http';

/** Above this number, nobody else may attach: real Moose processes open far fewer. */
const attachmentsMax = 256;

export class Attachments {
  readonly #gatewayId: string;
  readonly #open = new Set<ServerResponse>();

  constructor(gatewayId: string) {
    this.#gatewayId = gatewayId;
  }

  get count(): number {
    return this.#open.size;
  }

  async attach(answer: ServerResponse): Promise<void> {
    if (this.#open.size >= attachmentsMax) {
      answer.writeHead(503).end();
      return;
    }
    answer.writeHead(200, { 'x-moose-gateway': this.#gatewayId, 'content-type': 'text/plain' });
    answer.flushHeaders();
    this.#open.add(answer);
    answer.once('close', () => this.#open.delete(answer));
  }

  end(): void {
    for (const answer of this.#open) answer.end();
  }
}
