// Serves the interface on one port of one address, by default on loopback.

import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { limitConnections } from '../../stdx/http/limit-connections.ts';
import { cleaningOf, createApi, gateOf } from '../app.ts';
import { type LiveDeps, openLive } from '../live/live.ts';
import { createAddressList } from '../request/address-list.ts';
import type { ApiDeps } from '../request/api-deps.ts';
import { notListening } from './not-listening.ts';

export interface ServerDeps extends ApiDeps {
  /** If absent, there are no live clients. */
  live?: Pick<LiveDeps, 'feed' | 'limits'>;
}

export interface ApiServer {
  /** `http://127.0.0.1:4317`. */
  url: string;
  port: number;
  /** Requests in progress have one second to end. */
  close(): Promise<void>;
}

/** A client that sends its request more slowly than this is disconnected. */
const headersMsMax = 5_000;
const requestMsMax = 30_000;
const slowLookEveryMs = 1_000;
/** A page keeps six connections, plus a live one that does not count. */
const connectionLimits = {
  connectionsMax: 2_000,
  waitingMax: 1_500,
  waitingPerAddressMax: 950,
  unreadBytesMax: 256 * 1024 * 1024,
};
const closeGraceMs = 1_000;

/** @param place - port 0 is any free port. @throws ConfigurationError `PORT_TAKEN`, `PORT_NOT_ALLOWED` */
export async function startServer(
  deps: ServerDeps,
  place: { bind: string; port: number },
): Promise<ApiServer> {
  const gate = gateOf(deps);
  const cleaning = cleaningOf(deps);
  const { fetch } = createApi(deps, gate, cleaning);
  const server = createAdaptorServer({
    fetch,
    // Other users of `fetch` in this process keep Node's own objects.
    overrideGlobalObjects: false,
    serverOptions: {
      headersTimeout: headersMsMax,
      requestTimeout: requestMsMax,
      connectionsCheckingInterval: slowLookEveryMs,
      // A client that offers HTTP/2 gets an HTTP/1 answer.
      shouldUpgradeCallback: ({ headers }) =>
        deps.live !== undefined && headers.upgrade?.toLowerCase() === 'websocket',
    },
  }) as Server;
  const live = deps.live ? openLive(server, { ...deps, ...deps.live, gate }) : null;
  limitConnections(server, { ...connectionLimits, isProxy: createAddressList(deps.trustedProxies ?? []) });
  server.listen(place.port, place.bind);
  try {
    await once(server, 'listening');
  } catch (cause) {
    await live?.close(0);
    throw notListening(place, cause);
  }
  const { port } = server.address() as AddressInfo;
  const host = place.bind.includes(':') ? `[${place.bind}]` : place.bind;
  return {
    url: `http://${host}:${port}`,
    port,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeIdleConnections();
      const timer = setTimeout(() => server.closeAllConnections(), closeGraceMs);
      await Promise.all([closed, live?.close(closeGraceMs), cleaning.close()]);
      clearTimeout(timer);
    },
  };
}
