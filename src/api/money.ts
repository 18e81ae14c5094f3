// Money: what it was spent on, whether its books are correct, the limits, and prices.

import {
  changeLimits,
  checkBudget,
  checkPrices,
  listLimits,
  listPrices,
  showBudget,
} from '../contract/operations/money.ts';
import { nanoUsdPerUsd, usdNumber } from '../domain/money.ts';
import type { LimitChange } from '../engine/commands/change-limits.ts';
import type { PriceAnswer } from '../engine/policy/prices/ask-prices.ts';
import type { BudgetReport } from '../engine/run/budget/ask-budget.ts';
import type { LimitInForce } from '../store/money/limits.ts';
import type { RecomputedCosts } from '../store/money/recompute-costs.ts';
import type { Api } from './request/api.ts';

export function addMoney(api: Api): void {
  api.openapi(showBudget, async (c) => c.json(budgetOf(await c.get('moose').budget()), 200));
  api.openapi(checkBudget, async (c) => {
    const found = await c.get('moose').checkBudget();
    const differences = found.map(({ of, counter, countedNanoUsd, summedNanoUsd }) => ({
      what: counter,
      key: of,
      counter: exactUsd(countedNanoUsd),
      sum: exactUsd(summedNanoUsd),
    }));
    return c.json({ holds: differences.length === 0, differences }, 200);
  });
  api.openapi(listLimits, async (c) => c.json({ limits: (await c.get('moose').limits()).map(limitOf) }, 200));
  api.openapi(changeLimits, async (c) => {
    const { person, project, daily_usd: daily, monthly_usd: monthly, thaw = false } = c.req.valid('json');
    const moose = c.get('moose');
    const change: LimitChange = {
      ...(person === undefined ? {} : { of: { kind: 'person', name: person } }),
      ...(project === undefined ? {} : { of: { kind: 'project', name: project } }),
      ...(daily === undefined ? {} : { dailyNanoUsd: nanoOrNone(daily) }),
      ...(monthly === undefined ? {} : { monthlyNanoUsd: nanoOrNone(monthly) }),
      ...(thaw ? { thaws: true } : {}),
    };
    const entry = { subject: 'budget', detail: c.req.valid('json') };
    const limits = await c.get('audit').write(entry, () => moose.limits(change));
    return c.json({ limits: limits.map(limitOf) }, 200);
  });
  api.openapi(listPrices, async (c) => {
    const { name, all } = c.req.valid('query');
    const prices = await c.get('moose').prices({ name, all: all === 'true' });
    return c.json({ items: prices.map(priceOf) }, 200);
  });
  api.openapi(checkPrices, async (c) => {
    const { differences, ...counts } = await c.get('moose').recomputeCosts(c.get('signal'));
    return c.json({ ...counts, differences: differences.map(differenceOf) }, 200);
  });
}

const nanoOrNone = (usd: number | null) => (usd === null ? null : nanoOf(usd));

/** Rounds to millionths of a dollar: no person writes more digits. */
function nanoOf(usd: number): bigint {
  return BigInt(Math.round(usd * 1e6)) * (nanoUsdPerUsd / 1_000_000n);
}

const digits = 9;

/** Exact, because two counters may differ only in the last digit. */
function exactUsd(nanoUsd: bigint): string {
  const text = (nanoUsd < 0n ? -nanoUsd : nanoUsd).toString().padStart(digits + 1, '0');
  return `${nanoUsd < 0n ? '-' : ''}$${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

function budgetOf({ windows, envelopes, calls, byModel, byWorkOrder, architect }: BudgetReport) {
  const spent = ({ subject, title, calls: count, nanoUsd }: BudgetReport['byModel'][number]) => ({
    subject,
    title,
    calls: count,
    usd: usdNumber(nanoUsd),
  });
  return {
    windows: windows.map((window) => ({
      key: window.key,
      name: window.name,
      is_frozen: window.isFrozen,
      limit_usd: usdNumber(window.limitNanoUsd),
      spent_usd: usdNumber(window.spentNanoUsd),
      held_usd: usdNumber(window.heldNanoUsd),
      presumed_usd: usdNumber(window.presumedNanoUsd),
      overrun_usd: usdNumber(window.overrunNanoUsd),
    })),
    envelopes: envelopes.map((envelope) => ({
      id: envelope.id,
      work_order_id: envelope.workOrderId,
      title: envelope.title,
      service: envelope.serviceName,
      reserved_usd: usdNumber(envelope.reservedNanoUsd),
      spent_usd: usdNumber(envelope.spentNanoUsd),
      presumed_usd: usdNumber(envelope.presumedNanoUsd),
      open_usd: usdNumber(envelope.openNanoUsd),
      created_at: envelope.createdAt.toISOString(),
    })),
    calls: calls.map((call) => ({
      id: call.id,
      work_order_id: call.workOrderId,
      model: call.model,
      service: call.serviceName,
      held_usd: usdNumber(call.heldNanoUsd),
      since_ms: Math.round(call.sinceMs),
    })),
    by_model: byModel.map(spent),
    by_work_order: byWorkOrder.map(spent),
    architect: { spent_usd: usdNumber(architect.spentNanoUsd), held_usd: usdNumber(architect.heldNanoUsd) },
  };
}

function limitOf({ key, kind, name, limitNanoUsd, usedNanoUsd, isFrozen }: LimitInForce) {
  const amounts = { limit_usd: usdNumber(limitNanoUsd), used_usd: usdNumber(usedNanoUsd) };
  return { key, kind, name, ...amounts, is_frozen: isFrozen };
}

function differenceOf({ recomputedNanoUsd, ...one }: RecomputedCosts['differences'][number]) {
  return {
    call_id: one.callId,
    model: one.model,
    price_version: one.priceVersion,
    booked: exactUsd(one.bookedNanoUsd),
    recomputed: recomputedNanoUsd === null ? null : exactUsd(recomputedNanoUsd),
  };
}

function priceOf({ steps, ...price }: PriceAnswer) {
  return {
    name: price.name,
    version: price.version,
    source: price.source,
    effective_from: price.from.toISOString(),
    context_tokens: price.contextTokens,
    is_in_force: price.isInForce,
    steps:
      steps?.map((step) => ({
        above_input_tokens: step.aboveInputTokens,
        input_usd: usdNumber(step.input),
        cache_read_usd: usdNumber(step.cacheRead),
        cache_write_usd: usdNumber(step.cacheWrite),
        cache_write_1h_usd: usdNumber(step.cacheWrite1h),
        output_usd: usdNumber(step.output),
      })) ?? null,
    created_by: price.createdBy,
    created_at: price.createdAt.toISOString(),
  };
}
