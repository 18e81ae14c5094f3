// Reads a client's request within limits: on its size, on the memory of its key, and on how slowly it may arrive.
import type { IncomingMessage } from 'node:http';
import type { Exchange } from '../calls/answer.ts';
import { refused } from '../calls/call-refused.ts';
import type { KeyPlaces } from '../keys/key-places.ts';
import type { GatewayLimits } from '../limits.ts';

export interface HeldBody {
  body: Buffer;
  /** Releases the memory; called once, when the body is sent or not needed. */
  free(): void;
}

export type BodyLimits = Pick<GatewayLimits, 'requestBytesMax' | 'bodyMs' | 'bodyBytesPerMs'>;

/** @throws CallRefused */
export async function readBody(
  { request, answer, expectsContinue }: Exchange,
  { places, keyId }: { places: KeyPlaces; keyId: string },
  limits: BodyLimits,
): Promise<HeldBody> {
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    throw refused.badRequest(`The content encoding ${encoding} is not supported; send the body without it.`);
  }
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > limits.requestBytesMax) throw refused.tooLarge(limits.requestBytesMax);
  const taken: (() => void)[] = [];
  const free = () => {
    for (const giveBack of taken.splice(0)) giveBack();
  };
  let bytes = 0;
  const take = (more: number) => {
    bytes += more;
    if (bytes > limits.requestBytesMax) throw refused.tooLarge(limits.requestBytesMax);
    taken.push(places.takeBytes(keyId, more));
  };
  try {
    if (expectsContinue) answer.writeContinue();
    return { body: await collect(request, take, limits), free };
  } catch (cause) {
    free();
    throw cause;
  }
}

function collect(
  request: IncomingMessage,
  take: (bytes: number) => void,
  { bodyMs, bodyBytesPerMs }: BodyLimits,
): Promise<Buffer> {
  // The client left while its key was checked; the event for that has already fired.
  if (request.destroyed) return Promise.reject(refused.clientGone());
  const chunks: Buffer[] = [];
  let bytes = 0;
  let timer: NodeJS.Timeout | undefined;
  const body = new Promise<Buffer>((resolve, reject) => {
    const startedMs = performance.now();
    /** Time allowed for what has arrived so far. */
    const look = () => {
      const leftMs = bodyMs + bytes / bodyBytesPerMs - (performance.now() - startedMs);
      if (leftMs <= 0) reject(refused.tooSlow());
      else timer = setTimeout(look, Math.ceil(leftMs));
    };
    look();
    request.on('data', (chunk: Buffer) => {
      try {
        take(chunk.length);
        bytes += chunk.length;
        chunks.push(chunk);
      } catch (cause) {
        reject(cause);
      }
    });
    const gone = () => reject(refused.clientGone());
    request.once('end', () => {
      // The event comes after every request; its error would be made for nothing.
      request.off('close', gone);
      resolve(chunks.length === 1 ? (chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(chunks));
    });
    request.on('error', gone);
    request.once('close', gone);
  });
  return body.finally(() => {
    clearTimeout(timer);
    request.removeAllListeners('data');
    chunks.length = 0;
  });
}
