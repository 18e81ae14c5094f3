// The endpoints for webhooks, one for each host: a delivery that is signed with the host's secret is accepted once
// (R-SEN-1).

import { createHash } from 'node:crypto';
import { ZodError } from 'zod';
import { receiveWebhook, receiveWebhookOfHost } from '../contract/operations/webhooks.ts';
import { ConfigurationError, type PermanentError } from '../domain/failure.ts';
import type { ErrorLog } from '../engine/errors/error-log.ts';
import type { DeliveryReader, WebhookSource, WebhookSources } from '../engine/ports/forge.ts';
import type { Database } from '../store/database.ts';
import { addDelivery } from '../store/work/pull-requests/webhook-deliveries.ts';
import { apiFailures } from './failure-catalogue.ts';
import type { Api } from './request/api.ts';
import { parseJson, readBody } from './request/read-json.ts';
import { warnOfStrangersSparingly } from './request/request-errors.ts';

export interface SentinelDeps {
  database: Database;
  errors: Pick<ErrorLog, 'record'>;
  webhooks: {
    sources: WebhookSources;
    /** Called when there is something new to process. */
    onDelivery(): void;
  };
}

/** The host of webhooks that do not name one; its secret may be a variable. */
const defaultHost = 'github.com';
/** GitHub sends up to 25 MB; what Moose reads is far smaller. */
const payloadBytesMax = 5 * 1024 * 1024;

interface Receiver extends SentinelDeps {
  isTold: ReturnType<typeof warnOfStrangersSparingly>;
}

export function addSentinel(api: Api, given: SentinelDeps): void {
  const deps = { ...given, isTold: warnOfStrangersSparingly() };
  api.openapi(receiveWebhook, async (c) => {
    const { status, ...answer } = await receive(deps, defaultHost, c.req.raw, c.get('signal'));
    return c.json(answer, status);
  });
  api.openapi(receiveWebhookOfHost, async (c) => {
    const host = c.req.valid('param').host.toLowerCase();
    const { status, ...answer } = await receive(deps, host, c.req.raw, c.get('signal'));
    return c.json(answer, status);
  });
}

async function receive(
  deps: Receiver,
  host: string,
  request: Request,
  signal: AbortSignal,
): Promise<{ status: 200 | 202; delivery: string; state: 'duplicate' | 'ignored' | 'waiting' }> {
  const { database, webhooks } = deps;
  const source = await findSource(deps, host, signal);
  if (source === null && host !== defaultHost) throw hostUnknown(host);
  if (source === null || source.secret === null) throw notConfigured(host);
  const { reader, secret } = source;
  const body = await readBody(request, payloadBytesMax);
  if (!reader.isSigned(request.headers, body, secret)) throw signatureInvalid(host);
  const given = reader.headers(request.headers);
  if (given === null) throw headersInvalid(host);
  const payload = parseJson(body);
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) throw headersInvalid(host);
  const { id, event } = given;
  const bodySha256 = createHash('sha256').update(body).digest();
  const isIgnored = saysNothing(reader, event, payload);
  const delivery = { id: `${host}:${id}`, source: host, event, payload, bodySha256, isIgnored };
  const isNew = await database.run((query) => addDelivery(query, delivery), signal);
  if (!isNew) return { status: 200, delivery: id, state: 'duplicate' };
  if (isIgnored) return { status: 200, delivery: id, state: 'ignored' };
  webhooks.onDelivery();
  return { status: 202, delivery: id, state: 'waiting' };
}

/**
 * Anybody may call before the signature is verified, so only the log says why a secret cannot be read and where the
 * secret should be. The answer does not say it.
 */
async function findSource(
  { webhooks, errors, isTold }: Receiver,
  host: string,
  signal: AbortSignal,
): Promise<WebhookSource | null> {
  try {
    return await webhooks.sources.find(host, signal);
  } catch (cause) {
    if (!(cause instanceof ConfigurationError)) throw cause;
    if (isTold(`${cause.code} ${host}`, false)) errors.record(cause).resolved(false);
    throw notConfigured(host);
  }
}

/** A body in an unknown format is kept, and reported by the job that reads it. */
function saysNothing(reader: DeliveryReader, event: string, payload: object): boolean {
  try {
    return reader.read(event, payload) === null;
  } catch (cause) {
    if (cause instanceof ZodError) return false;
    throw cause;
  }
}

const fields = { operation: 'receive' };

function hostUnknown(host: string): PermanentError {
  return apiFailures.WEBHOOK_HOST_UNKNOWN(fields, { host });
}

function notConfigured(host: string): ConfigurationError {
  return apiFailures.WEBHOOKS_NOT_CONFIGURED(fields, { host });
}

function signatureInvalid(host: string): PermanentError {
  return apiFailures.SIGNATURE_INVALID(fields, { host });
}

function headersInvalid(host: string): PermanentError {
  return apiFailures.REQUEST_INVALID_DELIVERY(fields, { host });
}
