// What several clients of the proof work on: a work order with a run, whose envelope is closed and set aside anew until the
// day is used up. Every row is made by the functions that Moose itself uses.
import type { ReservationId } from '../../src/domain/ids.ts';
import { sleep } from '../../src/stdx/sleep.ts';
import type { Database } from '../../src/store/database.ts';
import { cancelReservation, reserveBudget } from '../../src/store/money/costs.ts';
import { type IssuedKey, issueKey, revokeKeys } from '../../src/store/money/gateway-keys.ts';
import { updateRun } from '../../src/store/work/runs.ts';
import { aWorkOrderAtWork, type Scratch } from '../../src/store/work/scratch-rows.fixture.ts';
import type { Counts } from './messages.ts';
import { envelopeNanoUsd, largestHoldNanoUsd, workOrderLimitNanoUsd } from './plan.ts';

export interface WorkOptions {
  database: Database;
  process: number;
  projectLimitUsd: number;
  counts: Counts;
  signal: AbortSignal;
}

const againAfterMs = 500;

export class Work {
  readonly #options: WorkOptions;
  #order: Scratch | null = null;
  #envelope: ReservationId | null = null;
  #opening: Promise<ReservationId> | null = null;

  constructor(options: WorkOptions) {
    this.#options = options;
  }

  /** Waits for one where there is no money left. */
  async envelope(): Promise<ReservationId> {
    if (this.#envelope !== null) return this.#envelope;
    this.#opening ??= this.#open().finally(() => {
      this.#opening = null;
    });
    return this.#opening;
  }

  /** What it holds is free again, and the calls that are on their way are presumed spent; once, whoever says so first. */
  async close(envelope: ReservationId): Promise<void> {
    if (this.#envelope !== envelope) return;
    this.#envelope = null;
    const { database, signal } = this.#options;
    await database.run((query) => cancelReservation(query, envelope), signal);
  }

  /** The run is over: its keys with it. */
  async end(): Promise<void> {
    const order = this.#order;
    if (order === null) return;
    this.#order = null;
    if (this.#envelope) await this.close(this.#envelope);
    const { database, signal } = this.#options;
    await database.run((query) => revokeKeys(query, { runId: order.runId }), signal);
  }

  async key(): Promise<IssuedKey> {
    await this.envelope();
    const { database, signal } = this.#options;
    const { workOrderId, runId } = await this.#workOrder();
    return database.run((query) => issueKey(query, { workOrderId, runId, serviceName: 'agent' }), signal);
  }

  async #open(): Promise<ReservationId> {
    const { counts, signal } = this.#options;
    for (;;) {
      for (const nanoUsd of [envelopeNanoUsd, largestHoldNanoUsd]) {
        const envelope = await this.#reserve(nanoUsd);
        if (envelope !== null) {
          this.#envelope = envelope;
          counts.envelopes += 1;
          return envelope;
        }
        counts.reservation_refused += 1;
      }
      // It may be the work order's own limit that refuses.
      if (await this.#hasSpent()) this.#order = null;
      await sleep(againAfterMs, signal);
    }
  }

  async #reserve(nanoUsd: bigint): Promise<ReservationId | null> {
    const { database, process, signal } = this.#options;
    const { workOrderId, runId, projectId } = await this.#workOrder();
    const metadata = { work_order_id: workOrderId, run_id: runId, project_id: projectId, process };
    return database.transaction(async (query) => {
      const { reservationId } = await reserveBudget(query, nanoUsd, 'pipeline', metadata);
      if (reservationId !== null) await updateRun(query, runId, { reservationId });
      return reservationId;
    }, signal);
  }

  async #workOrder(): Promise<Scratch> {
    const { database, process, projectLimitUsd, signal } = this.#options;
    // Made twice, where an answer was lost, one of them is of no use to anybody.
    this.#order ??= await database.run(
      () =>
        aWorkOrderAtWork(database, {
          repositoryPath: `/srv/${process}`,
          projectLimitUsd,
          limitNanoUsd: workOrderLimitNanoUsd,
        }),
      signal,
    );
    return this.#order;
  }

  async #hasSpent(): Promise<boolean> {
    const { database, signal } = this.#options;
    const id = (await this.#workOrder()).workOrderId;
    const row = await database.run(
      (query) => query.selectFrom('workOrders').select('costNanoUsd').where('id', '=', id).executeTakeFirst(),
      signal,
    );
    return (row?.costNanoUsd ?? 0n) > 0n;
  }
}

/** What a process left behind that was killed: whoever takes its place ends the runs, as the pipeline does. */
export async function closeLeftEnvelopes(database: Database, process: number): Promise<void> {
  await database.run(async (query) => {
    const left = await query
      .selectFrom('costTracking')
      .select(['id', 'metadata'])
      .where('type', '=', 'reservation')
      .where('status', '=', 'held')
      .execute();
    for (const { id, metadata } of left) {
      const { process: owner } = metadata as { process?: number };
      if (owner === process) await cancelReservation(query, id as ReservationId);
    }
  });
}
