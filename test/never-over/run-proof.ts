// One run of the never-over test: all clients work until the day's limit is used up, and processes are killed as
// planned.
import { sleep } from '../../src/stdx/async/sleep.ts';
import { reapCalls } from '../../src/store/money/gateways.ts';
import { untilClear } from './commit-unclear.ts';
import { gatewayEnds, isIdle, killGateway } from './gateways.ts';
import type { Ground } from './ground.ts';
import { type Kill, largestHoldNanoUsd, type Plan, speedup } from './plan.ts';

export interface ProofRun {
  /** In the time of the models. */
  minutes: number;
  reaped: number;
  gatewaysThatStayed: number;
}

const lookEveryMs = 50;
const reapEveryMs = 500;
/** Shorter than in production: a slow gateway is sometimes taken for dead, and its later report is evidence. */
const reapLimits = { silenceMs: 4_000, betweenLooksMs: 2_000 };
/** A factor for the planned time, for a busy machine. */
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

/** Kills processes until the limit is used up, or until a violation is seen. */
async function killUntilUsedUp(ground: Ground, plan: Plan, deadlineMs: number): Promise<void> {
  const open = [...plan.kills];
  while (ground.sampler.violations.length === 0 && ground.told.deaths.length === 0) {
    const share = goneShare(ground);
    const [next] = open;
    if (next && share >= next.atShare) await kill(ground, next).then(() => open.shift());
    else if (!next && (await isUsedUp(ground))) return;
    if (performance.now() > deadlineMs)
      throw new Error(`In time ${share} of the limit were used up: ${JSON.stringify(ground.told.counts)}`);
    await sleep(lookEveryMs);
  }
}

/** The share of the limit that is spent or presumed spent: only evidence can bring it back. */
function goneShare({ sampler }: Ground): number {
  const last = sampler.last();
  return last ? Number(last.spentNanoUsd + last.presumedNanoUsd) / Number(last.limitNanoUsd) : 0;
}

/** Whether no further call fits, and no running call could release money when it ends. */
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

async function kill({ clients, killDatabase, sampler }: Ground, { victim, which }: Kill): Promise<void> {
  const one = clients[Math.floor(which * clients.length)];
  if (!one) throw new Error('There are no clients');
  if (victim === 'gateway') return killGateway(one.gatewayDirectory);
  if (victim === 'client') return one.kill();
  await killDatabase();
  const seen = sampler.count();
  while (sampler.count() === seen && sampler.violations.length === 0) await sleep(lookEveryMs);
}

/** Presumes the calls of dead gateways spent, like a worker's periodic job. */
function startReaper({ database }: Ground) {
  const over = new AbortController();
  let count = 0;
  const reap = async (limits: typeof reapLimits) => {
    count += (await untilClear(() => database.transaction((query) => reapCalls(query, limits)))).length;
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
    /** Called when no process is left that could end a call. */
    finish: async () => {
      await stop();
      for (let look = 0; look < 2; look += 1) await reap({ silenceMs: 0, betweenLooksMs: 0 });
      return count;
    },
  };
}
