// The Mooses that are there: each holds one answer open, which the kernel closes when either of the two dies.
import type { ServerResponse } from 'node:http';

/** Beyond, nobody is attached any more: it is no Moose that does this. */
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
