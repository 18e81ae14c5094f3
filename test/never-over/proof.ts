// Checks at the end of the never-over test: compares every call of the ledger with its provider's bill.
import { sql } from 'kysely';
import type { Database } from '../../src/store/database.ts';
import { proveBudget } from '../../src/store/money/budget-proof.ts';
import type { Bill } from './messages.ts';

export interface CallRow {
  id: string;
  status: 'sent' | 'settled' | 'presumed' | 'cancelled';
  model: string;
  actualNanoUsd: bigint;
  inputTokens: bigint;
  cacheReadTokens: bigint;
  cacheWriteTokens: bigint;
  cacheWriteHourTokens: bigint;
  outputTokens: bigint;
}

export async function callsOf({ query }: Database): Promise<CallRow[]> {
  const { rows } =
    await sql<CallRow>`select id, status, model, actual_nano_usd, input_tokens, cache_read_tokens,
      cache_write_tokens, cache_write_hour_tokens, output_tokens
    from cost_tracking where type = 'actual' and price_version is not null`.execute(query);
  return rows;
}

/**
 * Records each call that is presumed spent. If it turns out that such a call was not sent, it costs nothing but still
 * counts: a counter never goes down (R-PIPE-12).
 */
export async function recordPresumptions({ query }: Database): Promise<void> {
  await sql`create table public.presumed_calls (id uuid primary key)`.execute(query);
  await sql`create function public.record_presumption() returns trigger language plpgsql as $$
    begin
      insert into public.presumed_calls values (new.id) on conflict do nothing;
      return null;
    end $$`.execute(query);
  await sql`create trigger record_presumption after update on cost_tracking for each row
    when (new.status = 'presumed') execute function public.record_presumption()`.execute(query);
}

/** Compares windows with envelopes, envelopes with calls, and work orders with calls. */
export async function countersThatDiffer({ query }: Database): Promise<string[]> {
  const differences = await proveBudget(query);
  const { rows } = await sql<{ id: string; counted: string; summed: string }>`select w.id,
      concat_ws(', ', w.cost_nano_usd, w.input_tokens, w.output_tokens, w.model_calls) as counted,
      concat_ws(', ', c.nano_usd, c.input, c.output, c.calls) as summed
    from work_orders w left join (
      select work_order_id, sum(actual_nano_usd) as nano_usd,
        sum(input_tokens + cache_read_tokens + cache_write_tokens + cache_write_hour_tokens) as input,
        sum(output_tokens) as output, count(*) filter (where status in ('settled', 'presumed')
          or status = 'cancelled' and id in (select id from public.presumed_calls)) as calls
      from cost_tracking where type = 'actual' group by work_order_id) c on c.work_order_id = w.id
    where w.cost_nano_usd <> coalesce(c.nano_usd, 0) or w.input_tokens <> coalesce(c.input, 0)
      or w.output_tokens <> coalesce(c.output, 0) or w.model_calls <> coalesce(c.calls, 0)`.execute(query);
  return [
    ...differences.map(
      (each) => `${each.of} ${each.counter}: ${each.countedNanoUsd} is ${each.summedNanoUsd}`,
    ),
    ...rows.map(
      ({ id, counted, summed }) =>
        `work order ${id} counts ${counted} (nano-dollars, input, output, calls); its calls add up to ${summed}`,
    ),
  ];
}

/**
 * Compares each call with its bill. If its client was killed or left before the answer, the bill's name is unknown:
 * then a settled call must have an unused bill with exactly its tokens, and all other calls are compared as a sum.
 */
export function callsThatDiffer(
  calls: readonly CallRow[],
  bills: readonly Bill[],
  tags: ReadonlyMap<string, string>,
): string[] {
  const open = new Map(bills.map((bill) => [bill.tag, bill]));
  const found: string[] = [];
  const unnamed: CallRow[] = [];
  for (const call of calls) {
    const tag = tags.get(call.id);
    const bill = tag === undefined ? undefined : open.get(tag);
    if (tag === undefined) unnamed.push(call);
    else {
      open.delete(tag);
      found.push(...differenceOf(call, bill));
    }
  }
  return [...found, ...unnamedThatDiffer(unnamed, [...open.values()])];
}

function differenceOf(call: CallRow, bill: Bill | undefined): string[] {
  const billed = BigInt(bill?.nanoUsd ?? 0);
  const said = `${call.id} is ${call.status} at ${call.actualNanoUsd}; billed ${billed} (${bill?.how ?? 'never asked'})`;
  switch (call.status) {
    case 'sent':
      return [`not over: ${said}`];
    case 'settled':
      return call.actualNanoUsd === billed ? [] : [said];
    case 'presumed':
      return call.actualNanoUsd >= billed ? [] : [said];
    case 'cancelled':
      return billed === 0n ? [] : [said];
  }
}

function unnamedThatDiffer(calls: readonly CallRow[], bills: readonly Bill[]): string[] {
  const byTokens = Map.groupBy(bills, tokensOfBill);
  const found: string[] = [];
  for (const call of calls.filter(({ status }) => status === 'settled')) {
    const same = byTokens.get(tokensOfCall(call));
    if (!same?.pop()) found.push(`${call.id} is settled at ${call.actualNanoUsd}, and nobody billed that`);
  }
  const left = [...byTokens.values()].flat();
  const billed = left.reduce((sum, { nanoUsd }) => sum + BigInt(nanoUsd), 0n);
  const presumed = calls
    .filter(({ status }) => status === 'presumed')
    .reduce((sum, { actualNanoUsd }) => sum + actualNanoUsd, 0n);
  if (billed > presumed)
    found.push(`calls without a name are presumed at ${presumed}, and billed at ${billed}`);
  if (left.filter(({ nanoUsd }) => nanoUsd !== '0').length > calls.length) {
    found.push('more was billed than was called');
  }
  return found;
}

function tokensOfBill({ model, nanoUsd, usage }: Bill): string {
  const { inputTokens, cacheReadTokens, cacheWriteTokens, cacheWrite1hTokens, outputTokens } = usage;
  return [
    model,
    nanoUsd,
    inputTokens,
    cacheReadTokens,
    cacheWriteTokens,
    cacheWrite1hTokens,
    outputTokens,
  ].join();
}

function tokensOfCall(call: CallRow): string {
  const {
    actualNanoUsd,
    inputTokens,
    cacheReadTokens,
    cacheWriteTokens,
    cacheWriteHourTokens,
    outputTokens,
  } = call;
  const model = call.model.slice(call.model.indexOf('/') + 1);
  return [
    model,
    actualNanoUsd,
    inputTokens,
    cacheReadTokens,
    cacheWriteTokens,
    cacheWriteHourTokens,
    outputTokens,
  ].join();
}
