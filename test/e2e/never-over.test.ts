// The booked money is never above the limit, and never below what was billed, whatever process is killed.
import { expect, onTestFinished, test } from 'vitest';
import { formatUsd } from '../../src/domain/money.ts';
import { backUpUnderLoad, judgeCopy } from '../never-over/back-up-under-load.ts';
import { openGround } from '../never-over/ground.ts';
import type { Bill } from '../never-over/messages.ts';
import {
  largestHoldNanoUsd,
  planOf,
  shortMinutes,
  tokensPerSecond,
  type Victim,
} from '../never-over/plan.ts';
import { callsOf, callsThatDiffer, countersThatDiffer } from '../never-over/proof.ts';
import { runProof } from '../never-over/run-proof.ts';

// MOOSE_TEST_SEED=N repeats a run with its seed; MOOSE_TEST_MODEL_MINUTES=20 is the long form.
const seed = Number(process.env.MOOSE_TEST_SEED ?? Math.floor(Math.random() * 1_000_000_000));
const modelMinutes = Number(process.env.MOOSE_TEST_MODEL_MINUTES ?? shortMinutes);
const minuteMs = 60_000;

function say(text: string): void {
  // biome-ignore lint/suspicious/noConsole: a failure is repeated by its seed
  console.log(`never over: ${text}`);
}

function minutesOf(bills: readonly Bill[]): number {
  return bills.reduce((sum, { usage }) => sum + usage.outputTokens, 0) / tokensPerSecond / 60;
}

test(
  'R-BUD-2: 64 clients in 4 processes against one limit, with gateways, clients and the database killed at random: booked is never above the limit, and never below what was billed',
  async () => {
    const plan = planOf(seed, modelMinutes);
    say(`MOOSE_TEST_SEED=${seed}`);
    const ground = await openGround(plan);
    onTestFinished(() => ground.close());
    const { database, provider, sampler, told } = ground;
    const over = new AbortController();
    const backingUp = backUpUnderLoad(ground, over.signal);
    const [run, backup] = await Promise.all([runProof(ground, plan), backingUp]).finally(() => over.abort());
    onTestFinished(() => backup.remove());
    await sampler.stop();
    const { bills, repeated, problems } = await provider.account();
    const calls = await callsOf(database);
    const last = sampler.last();
    if (last === null) throw new Error('Nothing was ever booked');

    const billed = bills.reduce((sum, { nanoUsd }) => sum + BigInt(nanoUsd), 0n);
    const booked = last.spentNanoUsd + last.presumedNanoUsd;
    const killed = (victim: Victim) => plan.kills.filter((kill) => kill.victim === victim).length;
    const ended = (status: string) => calls.filter((call) => call.status === status).length;
    say(
      [
        `${calls.length} calls, ${ended('settled')} settled, ${ended('presumed')} presumed (${run.reaped} of dead gateways), ${ended('cancelled')} voided`,
        `refused ${told.counts.over_budget} calls, ${told.counts.unsent} requests for what they are, and ${told.counts.reservation_refused} reservations`,
        `hung up ${told.counts.hung_up}, envelopes ${told.counts.envelopes} (${told.counts.envelopes_closed_in_use} closed in use)`,
        `killed ${killed('gateway')} gateways, ${killed('database')} databases, ${killed('client')} processes of clients`,
        `${sampler.count()} samples, at most ${(sampler.shareMax() * 100).toFixed(2)} % booked`,
        `a backup after ${backup.failed} that failed, with ${backup.openCalls} calls open`,
        `billed ${formatUsd(billed)}, booked ${formatUsd(booked)} of ${formatUsd(plan.limitNanoUsd)}`,
        `in ${run.minutes.toFixed(1)} minutes of the models, who worked ${minutesOf(bills).toFixed(0)} together`,
      ].join('; '),
    );
    expect(sampler.violations).toEqual([]);
    expect(told.deaths).toEqual([]);
    expect(problems).toEqual([]);
    expect(repeated, 'requests that were sent twice').toEqual([]);
    expect(callsThatDiffer(calls, bills, told.tags)).toEqual([]);
    expect(await countersThatDiffer(database)).toEqual([]);
    expect(last).toMatchObject({ heldNanoUsd: 0n, openCalls: 0 });
    expect(run.gatewaysThatStayed, 'gateways that nobody needs any more').toBe(0);
    // Calls were refused at the limit, and nearly all of the money was used.
    expect(told.counts.over_budget).toBeGreaterThan(0);
    expect(plan.limitNanoUsd - booked).toBeLessThan(largestHoldNanoUsd);
    expect(sampler.shareMax()).toBeLessThanOrEqual(1);
    expect(billed).toBeGreaterThan(0n);
    // R-DIST-5: the same judges find nothing in a copy that was made meanwhile.
    expect(backup.left, 'files that a failed backup left').toEqual([]);
    const copy = await judgeCopy(ground, backup, bills);
    expect(copy).toMatchObject({ violations: [], differences: [] });
    expect(copy.calls).toBeGreaterThan(0);
    expect(copy.planted, 'a changed call in the copy').not.toEqual([]);
  },
  (2 + modelMinutes * 2) * minuteMs,
);
