// Amazon's Signature Version 4 by its published algorithm, written without the library that the gateway uses: scripted
// servers check signatures with it.
import { createHash, createHmac } from 'node:crypto';

export interface SignedRequest {
  method: string;
  /** As sent, with its escapes. */
  path: string;
  query?: string;
  /** In lower case; only those that are signed count. */
  headers: Readonly<Record<string, string>>;
  signedHeaders: readonly string[];
  body: string | Buffer;
}

export interface SigningScope {
  secretAccessKey: string;
  /** `20150830T123600Z`. */
  date: string;
  region: string;
  product: string;
}

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string) => createHmac('sha256', key).update(data).digest();

export function canonicalRequest(request: SignedRequest): string {
  const { method, path, query = '', headers, signedHeaders, body } = request;
  const names = [...signedHeaders].sort();
  return [
    method,
    // Everything but S3 wants each segment escaped once more.
    path
      .split('/')
      .map((segment) => encodeURIComponent(segment))
      .join('/'),
    query.split('&').sort().join('&'),
    ...names.map((name) => `${name}:${(headers[name] ?? '').trim().replace(/ +/g, ' ')}`),
    '',
    names.join(';'),
    sha256(body),
  ].join('\n');
}

export function awsSignature(request: SignedRequest, scope: SigningScope): string {
  const { secretAccessKey, date, region, product } = scope;
  const day = date.slice(0, 8);
  const toSign = [
    'AWS4-HMAC-SHA256',
    date,
    `${day}/${region}/${product}/aws4_request`,
    sha256(canonicalRequest(request)),
  ].join('\n');
  const keys = [day, region, product, 'aws4_request'];
  const key = keys.reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`);
  return createHmac('sha256', key).update(toSign).digest('hex');
}

export interface Authorization {
  accessKeyId: string;
  day: string;
  region: string;
  product: string;
  signedHeaders: string[];
  signature: string;
}

export function authorizationIn(header: string): Authorization | null {
  const [, accessKeyId = '', day = '', region = '', product = '', names = '', signature] =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
      header,
    ) ?? [];
  if (signature === undefined) return null;
  return { accessKeyId, day, region, product, signedHeaders: names.split(';'), signature };
}
