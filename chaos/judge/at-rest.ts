// Judges an instance when its the periodic jobs has had time to remove what work leaves.
import { sleep } from '../../src/stdx/async/sleep.ts';
import type { Instance } from '../instance.ts';
import type { Case } from './case.ts';
import { judge, type Verdict } from './judge.ts';
import { findOrphaned } from './orphaned.ts';

/** What another machine has left is removed when that machine reconciles next, which it does every minute. */
const quietMsMax = 90_000;
const quietLookEveryMs = 500;

export async function judgeAtRest(instance: Instance): Promise<Verdict> {
  const { database, dataDirectory, second, submitted, strangers, provider, processes } = instance;
  const facts = (): Case => ({
    database,
    dataDirectory,
    submitted,
    strangers,
    furtherDirectories: second ? [second.place.dataDirectory] : [],
    billedNanoUsd: provider.billedNanoUsd(),
    diedAlone: processes.diedAlone(),
  });
  const until = performance.now() + quietMsMax;
  while ((await findOrphaned(facts())).length > 0 && performance.now() < until)
    await sleep(quietLookEveryMs, instance.signal);
  return judge(facts());
}
