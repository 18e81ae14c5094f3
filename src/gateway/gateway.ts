// The metering gateway (R-BUD-3): every model call goes through it, on loopback, and none is unknown to the ledger.
import type { Logger } from 'pino';
import type { ModelPrice } from '../domain/agents/price.ts';
import type { CallLedger } from '../engine/run/budget/call-ledger.ts';
import type { Clock } from '../stdx/clock.ts';
import { type ForwardProxy, noProxy } from '../stdx/http/forward-proxy.ts';
import { Books } from './calls/books.ts';
import { Brake } from './calls/brake.ts';
import { Drains } from './calls/drain.ts';
import { FirstAnswers } from './calls/first-answers.ts';
import type { CallGuard } from './calls/guard.ts';
import { Headroom } from './calls/headroom.ts';
import { OpenCalls } from './calls/open-calls.ts';
import type { Parts } from './calls/parts.ts';
import { SlowRefusals } from './calls/slow-refusals.ts';
import { openTransport } from './calls/upstream.ts';
import { carrierOf } from './clouds/carrier-of.ts';
import { KeyPlaces } from './keys/key-places.ts';
import { KnownKeys } from './keys/known-keys.ts';
import type { GatewayLimits } from './limits.ts';
import { startServers } from './process/server.ts';
import { AnsweringModels, type KnownAnswers } from './request/answering-models.ts';
import { PrefixMemory } from './request/prefix-memory.ts';
import { RequestReader } from './request/request-reader.ts';
import type { Upstream } from './request/route.ts';

export interface GatewayOptions {
  gatewayId: string;
  ledger: CallLedger;
  /** By `provider/model`; null if unknown. */
  priceOf(name: string): Promise<ModelPrice | null>;
  knownAnswers: KnownAnswers;
  /** By provider name. */
  upstreams: ReadonlyMap<string, Upstream>;
  /** Through which providers outside of this machine are called. */
  proxy?: ForwardProxy | undefined;
  /** Members of requests that no list has, and that a person allows. */
  allowedMembers?: (() => readonly string[]) | undefined;
  guard: CallGuard;
  clock: Clock;
  limits: GatewayLimits;
  logger: Logger;
  /** If true, requests and answers are stored, shortened and without secrets. */
  bodies: boolean;
  /** Whoever knows this secret may attach to the gateway and end it. */
  secret: string;
  /** 0: any free port. */
  port: number;
  socketPath: string;
  /** A Moose process no longer needs the gateway; true if the gateway ends because of that. */
  onLeave(): Promise<boolean>;
  /** One is no longer attached, whether it left or died. */
  onDetached?(): void;
  /** Runs each call. */
  during?<T>(work: () => Promise<T>): Promise<T>;
}

export interface RunningGateway {
  port: number;
  /** Number of attached Moose processes. */
  attached(): number;
  /** Number of calls in flight, including answers that are read without a client. */
  calls(): number;
  /**
   * Accepts no new calls. Calls in flight get this long to end; then they are aborted and presumed spent. Booking gets
   * the same time again, at least `lastBookingMs`. False if not everything was booked.
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
    answering: new AnsweringModels(options.knownAnswers),
    firsts: new FirstAnswers(limits.answerFreshMs, limits.firstPatienceMs),
    headroom,
    books,
    transport: openTransport(limits, options.proxy ?? noProxy),
    carriers: carriersOf(options),
    brake: new Brake(limits.brake),
    drains: new Drains(limits),
    places: new KeyPlaces(limits),
    slowRefusals: new SlowRefusals(limits),
    reader: new RequestReader(limits),
    keys: new KnownKeys(ledger, limits.ledgerMs),
    prefixes: new PrefixMemory(),
  };
  const calls = new OpenCalls(options.during);
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

function carriersOf({ upstreams, clock, limits, proxy = noProxy }: GatewayOptions): Parts['carriers'] {
  const { errorBytesMax } = limits;
  return new Map(
    [...upstreams].flatMap(([provider, { baseUrl, cloud }]) =>
      cloud === undefined
        ? []
        : [[provider, carrierOf(cloud, { baseUrl, clock, errorBytesMax, proxy })] as const],
    ),
  );
}
