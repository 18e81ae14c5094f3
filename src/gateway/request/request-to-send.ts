// The request that goes to the provider: its address, the headers that may be sent on, and what identifies the customer.

import type { UpstreamRequest } from '../calls/upstream.ts';
import type { Authorize } from '../clouds/carrier.ts';
import type { RequestRead } from './request-reader.ts';
import { type Route, upstreamUrl } from './route.ts';

interface Sending {
  route: Route;
  read: RequestRead;
  method: string;
  body: Buffer;
  /** Null for a provider that is called with a key. */
  authorize: Authorize | null;
}

/** A signature is made here, after all waiting: it is valid for minutes only. */
export async function requestToSend({
  route,
  read,
  method,
  body,
  authorize,
}: Sending): Promise<UpstreamRequest> {
  const { wire, upstream } = route;
  const headers = sentHeaders(read);
  if (authorize !== null)
    return await authorize({ model: read.model, isStream: read.isStream, headers, body });
  const paid = upstream.apiKey === null ? {} : wire.authorization(upstream.apiKey);
  return { url: upstreamUrl(route), method, headers: { ...headers, ...paid }, body };
}

function sentHeaders({ headers }: RequestRead): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !name.toLowerCase().startsWith('x-moose-')),
  );
}
