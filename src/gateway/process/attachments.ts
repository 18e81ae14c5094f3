// The attached Moose processes: each holds one response open, which the kernel closes when either side dies.
import type { ServerResponse } from 'node:http';

/** Above this number, nobody else may attach: real Moose processes open far fewer. */
const attachmentsMax = 256;

/** Each Moose hears so often that this gateway does not hang, and need not ask. */
const pulseEveryMs = 4_000;

export class Attachments {
  readonly #gatewayId: string;
  readonly #onDetached: () => void;
  readonly #open = new Set<ServerResponse>();
  readonly #pulse: NodeJS.Timeout;

  constructor(gatewayId: string, onDetached: () => void) {
    this.#gatewayId = gatewayId;
    this.#onDetached = onDetached;
    this.#pulse = setInterval(() => {
      for (const answer of this.#open) if (!answer.writableNeedDrain) answer.write('.');
    }, pulseEveryMs).unref();
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
    answer.once('close', () => {
      this.#open.delete(answer);
      this.#onDetached();
    });
  }

  end(): void {
    clearInterval(this.#pulse);
    for (const answer of this.#open) answer.end();
  }
}
