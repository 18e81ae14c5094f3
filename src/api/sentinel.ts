// The endpoint for GitHub's webhooks: with a valid signature by the shared secret, each delivery is accepted once
// (R-SEN-1).
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { ConfigurationError, PermanentError } from '../domain/failure.ts';
import { isListenedTo } from '../engine/sentinel/read-github-event.ts';
import type { Database } from '../store/database.ts';
import { addDelivery } from '../store/work/webhook-deliveries.ts';
import type { Api } from './app.ts';
import { parseJson, readBody } from './read-json.ts';
import { sentinel } from './routes/outside.ts';

export interface SentinelDeps {
  database: Database;
  github: {
    /** Null if none is configured; then every webhook is refused. */
    secret: string | null;
    /** Called when there is something new to process. */
    onDelivery(): void;
  };
}

/** GitHub sends up to 25 MB; what Moose reads is far smaller. */
const payloadBytesMax = 5 * 1024 * 1024;
const idCharsMax = 100;

export function addSentinel(api: Api, { database, github }: SentinelDeps): void {
  api.openapi(sentinel, async (c) => {
    if (github.secret === null) throw notConfigured();
    const { headers } = c.req.raw;
    const body = await readBody(c.req.raw, payloadBytesMax);
    if (!isSigned(body, headers.get('x-hub-signature-256') ?? '', github.secret)) throw signatureInvalid();
    const id = headers.get('x-github-delivery') ?? '';
    const event = headers.get('x-github-event') ?? '';
    if (id === '' || id.length > idCharsMax || event === '' || event.length > idCharsMax)
      throw headersInvalid();
    const payload = parseJson(body);
    if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) throw headersInvalid();
    const isIgnored = !isListenedTo(event);
    const bodySha256 = createHash('sha256').update(body).digest();
    const delivery = { id: `github:${id}`, source: 'github', event, payload, bodySha256, isIgnored };
    const isNew = await database.run((query) => addDelivery(query, delivery), c.get('signal'));
    if (!isNew) return c.json({ delivery: id, state: 'duplicate' as const }, 200);
    if (isIgnored) return c.json({ delivery: id, state: 'ignored' as const }, 200);
    github.onDelivery();
    return c.json({ delivery: id, state: 'waiting' as const }, 202);
  });
}

/** Constant time: the duration does not reveal how much of a signature is right. */
function isSigned(body: Uint8Array, given: string, secret: string): boolean {
  const expected = createHmac('sha256', secret).update(body).digest();
  const hex = /^sha256=([0-9a-f]{64})$/i.exec(given)?.[1];
  return timingSafeEqual(
    expected,
    hex === undefined ? Buffer.alloc(expected.length) : Buffer.from(hex, 'hex'),
  );
}

const fields = { component: 'sentinel', operation: 'receive' };

function notConfigured(): ConfigurationError {
  return new ConfigurationError({
    ...fields,
    code: 'WEBHOOKS_NOT_CONFIGURED',
    message: 'No webhook secret is set, so webhooks are not accepted.',
    advice: "Set MOOSE_GITHUB_WEBHOOK_SECRET to the secret of the repository's webhook, and restart Moose.",
  });
}

function signatureInvalid(): PermanentError {
  return new PermanentError({
    ...fields,
    code: 'SIGNATURE_INVALID',
    message: 'The header X-Hub-Signature-256 is missing, or is not the signature of this body.',
    advice:
      'Give the webhook and MOOSE_GITHUB_WEBHOOK_SECRET the same secret, and the content type application/json.',
  });
}

function headersInvalid(): PermanentError {
  return new PermanentError({
    ...fields,
    code: 'REQUEST_INVALID',
    message: 'This is not a delivery from GitHub: its headers or its body are invalid.',
    advice: 'Send X-GitHub-Delivery, X-GitHub-Event and a JSON object.',
  });
}
