// The work of several clients of the never-over test: a work order with a run. Its envelope is closed and reserved
// again until the day's limit is used up. Every row is written by Moose's own functions.
import type { ReservationId } from '../../src/domain/ids.ts';
import { sleep } from '../../src/stdx/async/sleep.ts';
import type { Database } from '../../src/store/database.ts';
import { cancelReservation, reserveBudget } from '../../src/store/money/costs.ts';
import { type IssuedKey, issueKey, revokeKeys } from '../../src/store/money/gateway-keys.ts';
import { updateRun } from '../../src/store/work/runs/runs.ts';
import { aWorkOrderAtWork, type Scratch } from '../../src/store/work/scratch-rows.fixture.ts';
import { untilClear } from './commit-unclear.ts';
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

  /** The current envelope; waits for a new one if there is no money left. */
  async envelope(): Promise<ReservationId> {
    if (this.#envelope !== null) return this.#envelope;
    this.#opening ??= this.#open().finally(() => {
      this.#opening = null;
    });
    return this.#opening;
  }

  /**
   * Closes an envelope: its rest is released, and calls in flight are presumed spent. Only the first caller does it.
   */
  async close(envelope: ReservationId): Promise<void> {
    if (this.#envelope !== envelope) return;
    this.#envelope = null;
    const { database, signal } = this.#options;
    await untilClear(() => database.run((query) => cancelReservation(query, envelope), signal));
  }

  /** Ends the run and revokes its keys. */
  async end(): Promise<void> {
    const order = this.#order;
    if (order === null) return;
    this.#order = null;
    if (this.#envelope) await this.close(this.#envelope);
    const { database, signal } = this.#options;
    await untilClear(() => database.run((query) => revokeKeys(query, { runId: order.runId }), signal));
  }

  async key(): Promise<IssuedKey> {
    await this.envelope();
    const { database, signal } = this.#options;
    const { workOrderId, runId } = await this.#workOrder();
    // If the answer is lost, a second key is issued, and the first one is never used.
    return untilClear(() =>
      database.run((query) => issueKey(query, { workOrderId, runId, serviceName: 'agent' }), signal),
    );
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
      // The limit of the work order itself may be the one that refuses.
      if (await this.#hasSpent()) this.#order = null;
      await sleep(againAfterMs, signal);
    }
  }

  async #reserve(nanoUsd: bigint): Promise<ReservationId | null> {
    const { database, process, signal } = this.#options;
    const { workOrderId, runId, projectId } = await this.#workOrder();
    const metadata = { work_order_id: workOrderId, run_id: runId, project_id: projectId, process };
    const reserve = () =>
      database.transaction(async (query) => {
        const { reservationId } = await reserveBudget(query, nanoUsd, 'pipeline', metadata);
        if (reservationId !== null) await updateRun(query, runId, { reservationId });
        return reservationId;
      }, signal);
    let isFirst = true;
    return untilClear(async () => {
      const left = isFirst ? null : await heldOf(database, runId, signal);
      isFirst = false;
      return left ?? reserve();
    });
  }

  async #workOrder(): Promise<Scratch> {
    const { database, process, projectLimitUsd, signal } = this.#options;
    // If the answer is lost, it is created twice, and one of the two is never used.
    this.#order ??= await database.run(
      () =>
        untilClear(() =>
          aWorkOrderAtWork(database, {
            repositoryPath: `/srv/${process}`,
            projectLimitUsd,
            limitNanoUsd: workOrderLimitNanoUsd,
          }),
        ),
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

/** The open reservation of a run, after a commit that nobody knows of; null if there is none. */
async function heldOf(
  database: Database,
  runId: Scratch['runId'],
  signal: AbortSignal,
): Promise<ReservationId | null> {
  const row = await database.run(
    (query) =>
      query
        .selectFrom('runs')
        .innerJoin('costTracking', 'costTracking.id', 'runs.reservationId')
        .select('costTracking.id')
        .where('runs.id', '=', runId)
        .where('costTracking.status', '=', 'held')
        .executeTakeFirst(),
    signal,
  );
  return (row?.id ?? null) as ReservationId | null;
}

/** Ends the runs of a killed process in its successor, as the pipeline does. */
export async function closeLeftEnvelopes(database: Database, process: number): Promise<void> {
  await untilClear(() => closeEnvelopesOf(database, process));
}

async function closeEnvelopesOf(database: Database, process: number): Promise<void> {
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
