// The metering gateway (R-BUD-3): every call to a model goes through it, on loopback, and none that the ledger does not know of.
import type { Logger } from 'pino';
import type { ModelPrice } from '../domain/price.ts';
import type { CallLedger } from '../engine/budget/call-ledger.ts';
import type { Clock } from '../stdx/clock.ts';
import { Books } from './books.ts';
import { Brake } from './brake.ts';
import { Drains } from './drain.ts';
import type { CallGuard } from './guard.ts';
import { Headroom } from './headroom.ts';
import { KeyPlaces } from './key-places.ts';
import { KnownKeys } from './known-keys.ts';
import type { GatewayLimits } from './limits.ts';
import { OpenCalls } from './open-calls.ts';
import type { Parts } from './parts.ts';
import { PrefixMemory } from './prefix-memory.ts';
import { RequestReader } from './request-reader.ts';
import type { Upstream } from './route.ts';
import { startServers } from './server.ts';
import { openTransport } from './upstream.ts';

export interface GatewayOptions {
  gatewayId: string;
  ledger: CallLedger;
  /** By `provider/model`; null where it is not known. */
  priceOf(name: string): Promise<ModelPrice | null>;
  /** By the name of the provider. */
  upstreams: ReadonlyMap<string, Upstream>;
  guard: CallGuard;
  clock: Clock;
  limits: GatewayLimits;
  logger: Logger;
  /** Requests and answers are kept, shortened and without secrets. */
  bodies: boolean;
  /** Who knows it may attach, and end it. */
  secret: string;
  /** 0: any that is free. */
  port: number;
  socketPath: string;
  /** A Moose says that it needs the gateway no longer; true where that ends it. */
  onLeave(): Promise<boolean>;
}

export interface RunningGateway {
  port: number;
  /** How many a Moose are there at this moment. */
  attached(): number;
  /** How many calls are under way, those that are read to their end for nobody among them. */
  calls(): number;
  /**
   * Takes no new calls; those under way have so long to end, and are broken off and presumed then. What is to be booked has
   * as long again, and at least `lastBookingMs`. False: not everything was.
   */
  close(graceMs: number): Promise<boolean>;
}

/** @throws ConfigurationError `GATEWAY_PORT_TAKEN`, `GATEWAY_NOT_LISTENING` */
export async function startGateway(options: GatewayOptions): Promise<RunningGateway> {
  const { ledger, limits, logger, upstreams } = options;
  const headroom = new Headroom(limits.headroomLookEveryMs);
  const books = new Books({
    ledger,
    logger,
    notesMax: limits.notesMax,
    onFreed: (keyId) => headroom.freed(keyId),
  });
  const parts: Parts = {
    ...options,
    headroom,
    books,
    transport: openTransport(limits),
    brake: new Brake(limits.brake),
    drains: new Drains(limits),
    places: new KeyPlaces(limits),
    reader: new RequestReader(limits),
    keys: new KnownKeys(ledger, limits.ledgerMs),
    prefixes: new PrefixMemory(),
  };
  const calls = new OpenCalls();
  const servers = await startServers({ ...options, parts, calls, upstreams });
  return {
    port: servers.port,
    attached: servers.attached,
    calls: () => calls.count,
    close: async (graceMs) => {
      servers.stopListening();
      await calls.close(graceMs);
      const isBooked = await books.close(Math.max(graceMs, limits.lastBookingMs));
      await servers.close();
      parts.transport.close();
      parts.reader.close();
      return isBooked;
    },
  };
}
