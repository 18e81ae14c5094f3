// One run of the proof: everybody works until the day's limit is used up, and is killed on the way as it was planned.
import { sleep } from '../../src/stdx/sleep.ts';
import { reapCalls } from '../../src/store/money/gateways.ts';
import { gatewayEnds, isIdle, killGateway } from './gateways.ts';
import type { Ground } from './ground.ts';
import { type Kill, largestHoldNanoUsd, type Plan, speedup } from './plan.ts';

export interface ProofRun {
  /** Of the models. */
  minutes: number;
  reaped: number;
  gatewaysThatStayed: number;
}

const lookEveryMs = 50;
const reapEveryMs = 500;
/** Sooner than in earnest: one that is only slow is taken for dead at times, and what it says later is evidence. */
const reapLimits = { silenceMs: 4_000, betweenLooksMs: 2_000 };
/** Times what is planned, on a machine that has much else to do. */
const patience = 12;
const patienceMsLeast = 120_000;

export async function runProof(ground: Ground, plan: Plan): Promise<ProofRun> {
  const startedMs = performance.now();
  const deadlineMs = startedMs + Math.max(patienceMsLeast, (plan.modelMinutes * 60_000 * patience) / speedup);
  const reaper = startReaper(ground);
  try {
    await killUntilUsedUp(ground, plan, deadlineMs);
    const minutes = ((performance.now() - startedMs) / 60_000) * speedup;
    await Promise.all(ground.clients.map((clients) => clients.end()));
    const ended = await Promise.all(ground.clients.map((clients) => gatewayEnds(clients.gatewayDirectory)));
    const gatewaysThatStayed = ended.filter((isEnded) => !isEnded).length;
    return { minutes, reaped: await reaper.finish(), gatewaysThatStayed };
  } finally {
    await reaper.stop();
  }
}

/** Or until something is seen that must never be. */
async function killUntilUsedUp(ground: Ground, plan: Plan, deadlineMs: number): Promise<void> {
  const open = [...plan.kills];
  while (ground.sampler.violations.length === 0 && ground.told.deaths.length === 0) {
    const share = goneShare(ground);
    const [next] = open;
    if (next && share >= next.atShare) await carryOut(ground, next).then(() => open.shift());
    else if (!next && (await isUsedUp(ground))) return;
    if (performance.now() > deadlineMs)
      throw new Error(`In time ${share} of the limit were used up: ${JSON.stringify(ground.told.counts)}`);
    await sleep(lookEveryMs);
  }
}

/** Spent or presumed: it does not come back, but for evidence. */
function goneShare({ sampler }: Ground): number {
  const last = sampler.last();
  return last ? Number(last.spentNanoUsd + last.presumedNanoUsd) / Number(last.limitNanoUsd) : 0;
}

/** No call fits any more, and none is under way whose end could give something back. */
async function isUsedUp({ sampler, clients }: Ground): Promise<boolean> {
  if (!isUsedUpNow()) return false;
  const idle = await Promise.all(clients.map(({ gatewayDirectory }) => isIdle(gatewayDirectory)));
  const seen = sampler.count();
  while (idle.every(Boolean) && sampler.count() < seen + 2 && sampler.violations.length === 0) {
    await sleep(lookEveryMs);
  }
  return idle.every(Boolean) && isUsedUpNow();

  function isUsedUpNow(): boolean {
    const last = sampler.last();
    if (!last || last.openCalls > 0) return false;
    return last.limitNanoUsd - last.spentNanoUsd - last.presumedNanoUsd < largestHoldNanoUsd;
  }
}

async function carryOut({ clients, killDatabase, sampler }: Ground, { victim, which }: Kill): Promise<void> {
  const one = clients[Math.floor(which * clients.length)];
  if (!one) throw new Error('There are no clients');
  if (victim === 'gateway') return killGateway(one.gatewayDirectory);
  if (victim === 'client') return one.kill();
  await killDatabase();
  const seen = sampler.count();
  while (sampler.count() === seen && sampler.violations.length === 0) await sleep(lookEveryMs);
}

/** As a worker's upkeep does. */
function startReaper({ database }: Ground) {
  const over = new AbortController();
  let count = 0;
  const reap = async (limits: typeof reapLimits) => {
    count += (await database.transaction((query) => reapCalls(query, limits))).length;
  };
  const reaping = (async () => {
    while (!over.signal.aborted) {
      await reap(reapLimits);
      await sleep(reapEveryMs, over.signal).catch(() => undefined);
    }
  })();
  const stop = async () => {
    over.abort();
    await reaping;
  };
  return {
    stop,
    /** Nobody is left to end a call. */
    finish: async () => {
      await stop();
      for (let look = 0; look < 2; look += 1) await reap({ silenceMs: 0, betweenLooksMs: 0 });
      return count;
    },
  };
}
