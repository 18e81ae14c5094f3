// Signs requests to Amazon by Signature Version 4.
import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import type { UpstreamRequest } from '../calls/upstream.ts';
import type { AwsKeys } from './aws-credentials.ts';

const signingName = 'bedrock';

type Hashed = string | ArrayBuffer | ArrayBufferView;

/** Node's SHA-256 in the form that the library asks for. */
class Sha256 {
  readonly #secret: Buffer | null;
  #hash: Hash | Hmac;

  constructor(secret?: Hashed) {
    this.#secret = secret === undefined ? null : bytesOf(secret);
    this.#hash = this.#begin();
  }

  update(data: Uint8Array): void {
    this.#hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {
    this.#hash = this.#begin();
  }

  #begin(): Hash | Hmac {
    return this.#secret === null ? createHash('sha256') : createHmac('sha256', this.#secret);
  }
}

function bytesOf(data: Hashed): Buffer {
  if (typeof data === 'string') return Buffer.from(data, 'utf8');
  if (ArrayBuffer.isView(data)) return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return Buffer.from(data);
}

/** The request with its signature, its date and, for temporary keys, their token among the headers. */
export async function signedForAws(
  { url, method, headers, body }: UpstreamRequest,
  { keys, region, now }: { keys: AwsKeys; region: string; now: Date },
): Promise<UpstreamRequest> {
  const signer = new SignatureV4({ credentials: keys, region, service: signingName, sha256: Sha256 });
  const signed = await signer.sign(
    {
      method,
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      headers: { ...headers, host: url.host },
      body,
    },
    { signingDate: now },
  );
  return { url, method, headers: signed.headers, body };
}
