// What interfaces can read about runs that are probably going nowhere (R-REC-9).
import type * as wire from '../../contract/contract.ts';
import type { WorkOrderId } from '../../domain/ids.ts';
import { usdNumber } from '../../domain/money.ts';
import { measuredScore } from '../../domain/nowhere/model.ts';
import type { NowhereScore } from '../../domain/nowhere/score.ts';
import type { Estimate } from '../../domain/nowhere/score-model.ts';
import type { Clock } from '../../stdx/clock.ts';
import type { Database, Query } from '../../store/database.ts';
import { type NowhereFigures, nowhereFigures, openScores } from '../../store/figures/nowhere-figures.ts';
import { newestRunScores, type RunScore } from '../../store/work/run-scores.ts';
import { findWorkOrder } from '../../store/work/work-orders.ts';
import { defaultSettings } from '../policy/engine-settings.ts';
import { type NowhereSettings, scoreUnderWay } from '../watch/nowhere.ts';
import { wilsonInterval } from './wilson.ts';

interface NowhereDeps {
  database: Database;
  clock: Clock;
  settings?: { readonly current: NowhereSettings };
}

const judgedMs = 30 * 24 * 3_600_000;

export function askNowhere({ database, clock, settings }: NowhereDeps) {
  const current = (): NowhereSettings => settings?.current ?? defaultSettings;
  return {
    nowhere: async (): Promise<wire.Nowhere> => {
      const since = new Date(clock.now().getTime() - judgedMs);
      const { here, open } = await database.run(async (query) => ({
        here: await nowhereFigures(query, since),
        open: await openScoresNow(query, current()),
      }));
      const { mode, above } = current().pauseEarly;
      return {
        mode,
        above,
        labelled: labelled(),
        here: figuresOf(here),
        open: open.map(({ row, now }) => ({
          ...viewScore(row, now),
          work_order_id: row.id,
          title: row.title,
        })),
      };
    },
    /** @throws PermanentError `WORK_ORDER_NOT_FOUND` */
    score: async (given: string): Promise<wire.RunScore | null> => {
      const order = await database.run((query) => findWorkOrder(query, given));
      return database.run(async (query) => {
        const id = order.id as WorkOrderId;
        const row = (await newestRunScores(query, [id])).get(id);
        if (!row) return null;
        const isUnderWay = order.status === 'in_progress';
        return viewScore(row, isUnderWay ? await scoreUnderWay(query, row, current()) : null);
      });
    },
  };
}

/** Limited to what is shown, so that each score can be computed again. */
async function openScoresNow(query: Query, settings: NowhereSettings) {
  const found = [];
  for (const row of await openScores(query))
    found.push({ row, now: await scoreUnderWay(query, row, settings) });
  return found;
}

function labelled(): wire.Nowhere['labelled'] {
  const { precision, recall, pausedWell, savedShare, ...same } = measuredScore;
  const { heldBack, calibrationError, shuffledRanking, ...rest } = same;
  return {
    ...rest,
    held_back: heldBack,
    calibration_error: calibrationError,
    shuffled_ranking: shuffledRanking,
    precision: told(precision),
    recall: told(recall),
    paused_well: told(pausedWell),
    saved_share: told(savedShare),
  };
}

const told = ({ share, low, high }: Estimate) => ({ value: share, low, high });

function figuresOf(here: NowhereFigures): wire.Nowhere['here'] {
  const { runs, nowhere, warned, warnedNowhere, paused, avoidableNanoUsd } = here;
  const estimate = (of: number) =>
    of === 0 ? null : { value: warnedNowhere / of, ...wilsonInterval(warnedNowhere, of) };
  return {
    runs,
    nowhere,
    warned,
    paused,
    warned_nowhere: warnedNowhere,
    precision: estimate(warned),
    recall: estimate(nowhere),
    avoidable_usd: usdNumber(avoidableNanoUsd),
  };
}

export function viewScore(row: RunScore, now: NowhereScore | null): wire.RunScore {
  const { score, threshold, mode, hasPaused, reasons, cycle, at } = row;
  return {
    cycle: cycle + 1,
    score,
    above: threshold,
    mode,
    reasons,
    now,
    at: at.toISOString(),
    is_over: mode !== 'off' && score >= threshold,
    has_paused: hasPaused,
  };
}
