// Plays a month of work orders through a whole Moose: each is submitted, done by the scripted models through the
// gateway, checked, and merged if it is completed.
import type { Opened } from '../../src/app/compose.ts';
import { readPrices } from '../../src/app/config/env-prices.ts';
import type { WorkOrderId } from '../../src/domain/ids.ts';
import { stateGiven } from '../../src/store/money/model-prices.ts';
import { type Month, type MonthModel, monthCheck, taskTitle } from './models.ts';

export interface MonthGround {
  opened: Pick<Opened, 'moose' | 'database' | 'prices'>;
  repositoryPath: string;
  /** Resolves with its status when a work order has ended or asks a person. */
  settled(id: string): Promise<string>;
}

export interface PlayedOrder {
  id: WorkOrderId;
  number: number;
  status: string;
  isMerged: boolean;
}

/** Enough to keep two cores busy with the static rule's tries and merges. */
export const defaultAtOnce = 12;

/**
 * Even the weakest models complete at least one of these; otherwise something is broken, and the figures mean
 * nothing.
 */
const barrenMax = 40;

export async function playMonth(
  ground: MonthGround,
  month: Month,
  given: {
    atOnce?: number;
    signal: AbortSignal;
    onDone?(played: readonly PlayedOrder[]): void | Promise<void>;
  },
): Promise<PlayedOrder[]> {
  const { signal, atOnce = defaultAtOnce, onDone } = given;
  await setLadder(ground, month, 0);
  const played: PlayedOrder[] = [];
  // Merges run one after the other, because each moves the base branch.
  let merging: Promise<unknown> = Promise.resolve();
  let next = 0;
  const events = eventsOf(month);
  let turn: Promise<unknown> = Promise.resolve();
  const work = async () => {
    while (next < month.orders) {
      signal.throwIfAborted();
      const number = next;
      next += 1;
      // Changes at this place of the month take effect before its work order is submitted.
      for (const event of events.splice(0, events.filter(({ at }) => at <= number).length))
        turn = turn.then(() => event.happen(ground));
      await turn;
      const { order } = await ground.opened.moose.submit({
        title: taskTitle(number),
        repositoryPath: ground.repositoryPath,
        checks: [{ kind: 'test', command: monthCheck, source: 'the month' }],
      });
      const status = await ground.settled(order.id);
      const merge = status === 'completed' ? merging.then(() => ground.opened.moose.merge(order.id)) : null;
      merging = Promise.allSettled([merge]);
      const [merged] = await Promise.allSettled([merge]);
      const isMerged = merge !== null && merged.status === 'fulfilled';
      played.push({ id: order.id, number, status, isMerged });
      if (played.length >= barrenMax && played.slice(-barrenMax).every((one) => one.status !== 'completed')) {
        const { explain } = await ground.opened.moose.view(order.id);
        throw new Error(`None of the last ${barrenMax} work orders was completed. The last one: ${explain}`);
      }
      await onDone?.(played);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return played.sort((one, other) => one.number - other.number);
}

interface MonthEvent {
  at: number;
  happen(ground: MonthGround): Promise<void>;
}

function eventsOf(month: Month): MonthEvent[] {
  const { models, orders } = month;
  const dearer = models.flatMap((model): MonthEvent[] =>
    model.dearer === undefined
      ? []
      : [{ at: model.dearer.from * orders, happen: (ground) => raisePrice(ground, model) }],
  );
  const arriving = models.flatMap(({ arrivesAt }): MonthEvent[] =>
    arrivesAt === undefined
      ? []
      : [{ at: arrivesAt * orders, happen: (ground) => setLadder(ground, month, arrivesAt) }],
  );
  return [...dearer, ...arriving].sort((one, other) => one.at - other.at);
}

async function raisePrice({ opened }: MonthGround, { dearer, ...model }: MonthModel): Promise<void> {
  const prices = readPrices(priceText({ ...model, outputUsd: dearer?.outputUsd ?? model.outputUsd }));
  await opened.database.transaction((query) =>
    stateGiven(query, prices, { by: 'human:bench', isWhole: false }),
  );
  await opened.prices.read();
}

/** The value of MOOSE_PRICES. */
export const priceText = ({ name, inputUsd, outputUsd }: MonthModel): string =>
  `${name}=${inputUsd}:${outputUsd}@200000`;

/** The first model is for light work, the others for standard work. */
async function setLadder({ opened }: MonthGround, { models }: Month, at: number): Promise<void> {
  const { settings } = opened.moose;
  const [first, ...others] = models.filter(({ arrivesAt = 0 }) => arrivesAt <= at).map(({ name }) => name);
  await settings.change('settings.models.light', { value: [first ?? ''] });
  await settings.change('settings.models.standard', { value: others });
  await settings.change('settings.models.strong', { value: others });
}
