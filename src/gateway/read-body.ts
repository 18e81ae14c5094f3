// Reads a client's request within its limits: of one request, and of all that are held at the same time.
import type { IncomingMessage } from 'node:http';
import type { Exchange } from './answer.ts';
import { refused } from './call-refused.ts';
import type { GatewayLimits } from './limits.ts';

/** The bytes of all requests of one gateway that are in its memory. */
export class HeldBytes {
  readonly #bytesMax: number;
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** False where there is no room for so many more. */
  take(bytes: number): boolean {
    if (this.#bytes + bytes > this.#bytesMax) return false;
    this.#bytes += bytes;
    return true;
  }

  free(bytes: number): void {
    this.#bytes -= bytes;
  }
}

export interface HeldBody {
  body: Buffer;
  /** Once: it is sent, or not needed. */
  free(): void;
}

/** @throws CallRefused */
export async function readBody(
  { request, answer, expectsContinue }: Exchange,
  held: HeldBytes,
  limits: Pick<GatewayLimits, 'requestBytesMax'>,
): Promise<HeldBody> {
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    throw refused.badRequest(`A body in ${encoding} is not read here; send it as it is.`);
  }
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > limits.requestBytesMax) throw refused.tooLarge(limits.requestBytesMax);
  if (expectsContinue) answer.writeContinue();
  let taken = 0;
  const take = (bytes: number) => {
    if (taken + bytes > limits.requestBytesMax) throw refused.tooLarge(limits.requestBytesMax);
    if (!held.take(bytes)) throw refused.tooMany();
    taken += bytes;
  };
  const free = () => {
    held.free(taken);
    taken = 0;
  };
  try {
    return { body: await collect(request, take), free };
  } catch (cause) {
    free();
    throw cause;
  }
}

function collect(request: IncomingMessage, take: (bytes: number) => void): Promise<Buffer> {
  // Gone while its key was looked up: what tells of that has been told already.
  if (request.destroyed) return Promise.reject(refused.clientGone());
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const onData = (chunk: Buffer) => {
      try {
        take(chunk.length);
        chunks.push(chunk);
      } catch (cause) {
        request.off('data', onData);
        reject(cause);
      }
    };
    request.on('data', onData);
    request.once('end', () =>
      resolve(chunks.length === 1 ? (chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(chunks)),
    );
    request.on('error', () => reject(refused.clientGone()));
    request.once('close', () => reject(refused.clientGone()));
  });
}
