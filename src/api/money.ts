// Money: what it was spent on, whether its books are correct, the limits, and prices.
import { PermanentError } from '../domain/failure.ts';
import { nanoUsdPerUsd, usdNumber } from '../domain/money.ts';
import { audited } from '../engine/access/audited.ts';
import type { BudgetReport } from '../engine/budget/ask-budget.ts';
import type { Moose } from '../engine/moose.ts';
import type { PriceAnswer } from '../engine/prices/ask-prices.ts';
import type { LimitUse } from '../store/money/limits.ts';
import type { Api, ApiDeps } from './app.ts';
import * as routes from './routes/money.ts';

export function addMoney(api: Api, { database }: ApiDeps): void {
  api.openapi(routes.budget, async (c) => c.json(budgetOf(await c.get('moose').budget()), 200));
  api.openapi(routes.budgetCheck, async (c) => {
    const found = await c.get('moose').checkBudget();
    const differences = found.map(({ of, counter, countedNanoUsd, summedNanoUsd }) => ({
      ...{ what: counter, key: of, counter: exactUsd(countedNanoUsd), sum: exactUsd(summedNanoUsd) },
    }));
    return c.json({ holds: differences.length === 0, differences }, 200);
  });
  api.openapi(routes.limits, async (c) =>
    c.json({ limits: (await c.get('moose').limits()).map(limitOf) }, 200),
  );
  api.openapi(routes.changeLimits, async (c) => {
    const { daily_usd: daily, monthly_usd: monthly, thaw = false } = c.req.valid('json');
    const caller = c.get('caller');
    const moose = c.get('moose');
    const change = {
      ...(daily === undefined ? {} : { dailyNanoUsd: nanoOf(daily) }),
      ...(monthly === undefined ? {} : { monthlyNanoUsd: nanoOf(monthly) }),
      ...(thaw ? { thaws: true } : {}),
    };
    const detail = { daily_usd: daily ?? null, monthly_usd: monthly ?? null, thaw };
    const entry = { by: caller.actor, act: 'limits.change', subject: 'budget', detail };
    const limits = await audited(database, entry, c.get('signal'), async () => {
      if (!caller.isPerson) await requireNoMore(moose, change);
      return moose.limits(change);
    });
    return c.json({ limits: limits.map(limitOf) }, 200);
  });
  api.openapi(routes.prices, async (c) => {
    const { name, all } = c.req.valid('query');
    const prices = await c.get('moose').prices({ name, all: all === 'true' });
    return c.json({ items: prices.map(priceOf) }, 200);
  });
}

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
    ...{ subject, title, calls: count, usd: usdNumber(nanoUsd) },
  });
  return {
    windows: windows.map((window) => ({
      ...{ key: window.key, name: window.name, is_frozen: window.isFrozen },
      limit_usd: usdNumber(window.limitNanoUsd),
      spent_usd: usdNumber(window.spentNanoUsd),
      held_usd: usdNumber(window.heldNanoUsd),
      presumed_usd: usdNumber(window.presumedNanoUsd),
      overrun_usd: usdNumber(window.overrunNanoUsd),
    })),
    envelopes: envelopes.map((envelope) => ({
      ...{ id: envelope.id, work_order_id: envelope.workOrderId, title: envelope.title },
      service: envelope.serviceName,
      reserved_usd: usdNumber(envelope.reservedNanoUsd),
      spent_usd: usdNumber(envelope.spentNanoUsd),
      presumed_usd: usdNumber(envelope.presumedNanoUsd),
      open_usd: usdNumber(envelope.openNanoUsd),
      created_at: envelope.createdAt.toISOString(),
    })),
    calls: calls.map((call) => ({
      ...{ id: call.id, work_order_id: call.workOrderId, model: call.model, service: call.serviceName },
      ...{ held_usd: usdNumber(call.heldNanoUsd), since_ms: Math.round(call.sinceMs) },
    })),
    by_model: byModel.map(spent),
    by_work_order: byWorkOrder.map(spent),
    architect: { spent_usd: usdNumber(architect.spentNanoUsd), held_usd: usdNumber(architect.heldNanoUsd) },
  };
}

function limitOf({ key, limitNanoUsd, usedNanoUsd, isFrozen }: LimitUse) {
  return { key, limit_usd: usdNumber(limitNanoUsd), used_usd: usdNumber(usedNanoUsd), is_frozen: isFrozen };
}

function priceOf({ name, version, source, from, contextTokens, isInForce, steps }: PriceAnswer) {
  return {
    ...{ name, version, source, effective_from: from.toISOString(), is_in_force: isInForce },
    context_tokens: contextTokens,
    /** Prices in dollars per million tokens. */
    steps:
      steps?.map((step) => ({
        above_input_tokens: step.aboveInputTokens,
        input_usd: usdNumber(step.input),
        cache_read_usd: usdNumber(step.cacheRead),
        cache_write_usd: usdNumber(step.cacheWrite),
        cache_write_1h_usd: usdNumber(step.cacheWrite1h),
        output_usd: usdNumber(step.output),
      })) ?? null,
  };
}

/**
 * A program may lower a limit but not raise it; raising and unfreezing are for people.
 * @throws PermanentError `LIMIT_NOT_YOURS`
 */
async function requireNoMore(
  moose: Moose,
  change: { dailyNanoUsd?: bigint; monthlyNanoUsd?: bigint; thaws?: boolean },
): Promise<void> {
  const now = await moose.limits();
  const isRaised = (prefix: string, to: bigint | undefined) =>
    to !== undefined && now.some(({ key, limitNanoUsd }) => key.startsWith(prefix) && to > limitNanoUsd);
  if (!change.thaws && !isRaised('day:', change.dailyNanoUsd) && !isRaised('month:', change.monthlyNanoUsd))
    return;
  throw new PermanentError({
    code: 'LIMIT_NOT_YOURS',
    component: 'api',
    operation: 'change limits',
    message: 'Only a person may raise a limit or lift a freeze.',
    advice: 'Do it in the browser, or with `moose limits`.',
  });
}
