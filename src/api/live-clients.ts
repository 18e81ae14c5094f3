// All live clients of this process: not too many, none dead, and none with a revoked token.

import { isMooseError, type TransientError } from '../domain/failure.ts';
import { sleep } from '../stdx/sleep.ts';
import { repeat } from '../stdx/wake-loop.ts';
import type { Gate } from './authenticate.ts';
import type { Caller } from './caller.ts';
import { statusOf } from './error-answer.ts';
import { apiFailures } from './failure-catalogue.ts';
import { LiveClient, type LiveClientOptions, type LiveLimits } from './live-client.ts';

const signedOut: ReadonlySet<number> = new Set([401, 403]);
const checksAtOnceMax = 4;
const checkMsMax = 10_000;
const comeBackMs = 10_000;

export class LiveClients {
  private readonly clients = new Set<LiveClient>();
  private readonly stop = new AbortController();
  private readonly looking: Promise<unknown>;
  private readonly gate: Gate;
  private readonly limits: LiveLimits;

  constructor(gate: Gate, limits: LiveLimits) {
    this.gate = gate;
    this.limits = limits;
    const lookAfterAll = async () => {
      for (const client of this.clients) client.lookAfter();
    };
    const { signal } = this.stop;
    this.looking = Promise.all([
      repeat(limits.stillHereEveryMs, lookAfterAll, signal),
      repeat(limits.checkEveryMs, () => this.checkAll(), signal),
    ]);
  }

  get count(): number {
    return this.clients.size;
  }

  /** Before the caller is known. @throws TransientError `LIVE_CLIENTS_TOO_MANY` */
  assertFewComing(coming: number): void {
    if (coming > this.limits.comingMax) throw this.tooMany(0);
  }

  /**
   * If there is no place left, the oldest client of the caller with the most clients gives way, so that somebody with
   * fewer always gets one. @throws TransientError `LIVE_CLIENTS_TOO_MANY`
   */
  makeRoom({ requester }: Caller): void {
    const staying = [...this.clients].filter(({ isClosing }) => !isClosing);
    const byCaller = Map.groupBy(staying, ({ caller }) => caller.requester);
    const own = byCaller.get(requester)?.length ?? 0;
    if (own >= this.limits.clientsPerCallerMax) throw this.tooMany(own);
    if (staying.length < this.limits.clientsMax) return;
    const [most = []] = [...byCaller.values()].sort((one, other) => other.length - one.length);
    const [oldest] = most;
    if (oldest === undefined || most.length <= own + 1) throw this.tooMany(own);
    oldest.close('givesWay');
  }

  private tooMany(own: number): TransientError {
    return apiFailures.LIVE_CLIENTS_TOO_MANY(
      { operation: 'watch', retryAfterMs: comeBackMs },
      { count: this.count, own },
    );
  }

  add(options: Omit<LiveClientOptions, 'limits' | 'onGone'>): void {
    const client = new LiveClient({
      ...options,
      limits: this.limits,
      onGone: (gone) => this.clients.delete(gone),
    });
    this.clients.add(client);
    if (this.stop.signal.aborted) client.close('stopping');
  }

  /** Every client is asked to reconnect later, and disconnected if it does not close within `graceMs`. */
  async close(graceMs: number): Promise<void> {
    this.stop.abort(new DOMException('Moose is stopping', 'AbortError'));
    for (const client of this.clients) client.close('stopping');
    const deadlineMs = performance.now() + graceMs;
    while (this.clients.size > 0 && performance.now() < deadlineMs) await sleep(5);
    for (const client of this.clients) client.terminate();
    await this.looking;
  }

  /** Clients with the same credentials are checked once. */
  private async checkAll(): Promise<void> {
    const groups = [...Map.groupBy(this.clients, credentialsOf).values()];
    const checkNext = async (): Promise<void> => {
      for (let group = groups.pop(); group; group = groups.pop()) await this.check(group);
    };
    await Promise.all(Array.from({ length: checksAtOnceMax }, checkNext));
  }

  private async check(group: readonly LiveClient[]): Promise<void> {
    const [one] = group;
    if (!one) return;
    const signal = AbortSignal.any([this.stop.signal, AbortSignal.timeout(checkMsMax)]);
    try {
      const isByProxy = one.caller.isAmbient && one.caller.sessionId === null;
      await this.gate.enterAgain(one.headers, 'viewer', signal, isByProxy ? one.from : undefined);
    } catch (thrown) {
      // If the check is not possible because the database is unavailable, it is repeated next time.
      const isOver = isMooseError(thrown) && signedOut.has(statusOf(thrown));
      if (isOver) for (const client of group) client.close('signedOut');
    }
  }
}

function credentialsOf({ headers, caller }: LiveClient): string {
  return JSON.stringify([headers.get('authorization'), headers.get('cookie'), caller.tokenId]);
}
