// A process that stands still, or whose connections carry nothing, and comes back after others have its work.

import { startDatabaseRelay } from '../../chaos/database-relay.ts';
import { sleep } from '../../src/stdx/async/sleep.ts';
import type { Figures } from '../measuring/bench.ts';
import { rounded } from '../measuring/statistics.ts';
import type { BenchWorker, Ground } from './ground.ts';
import type { WorkerRequest } from './worker.ts';

const stepMs = 1_000;
const comesBackMs = 3_000;
const recoverMsMax = 60_000;

export interface Hang {
  figures: Figures;
  faults: number;
  left: number;
}

/**
 * The process hangs until others have continued its runs. When it is back and has been fenced, the others are killed: if
 * the engine believed what the first one then said, nobody has the runs any more.
 */
export async function hang(
  ground: Ground,
  kind: 'frozen' | 'silent',
  given: { workers: number; whenFenced: WorkerRequest['whenFenced'] },
): Promise<Hang> {
  const { workers, whenFenced } = given;
  const relay = kind === 'silent' ? await startDatabaseRelay(ground.url) : undefined;
  const common = { stepMs, whenFenced };
  const first = await ground.startWorker({
    ...common,
    ...(relay ? { url: relay.url } : {}),
  });
  const ids = await ground.addRuns({ count: 4 });
  const held = () => ground.countOf('runs where holder = $1 and step > 0', [first.id]);
  await ground.until('the first has begun', async () => (await held()) === ids.length);
  if (relay) relay.silence();
  else first.child.kill('SIGSTOP');
  const startMs = performance.now();
  const others: BenchWorker[] = [];
  for (let n = 1; n < workers; n++) others.push(await ground.startWorker(common));
  await ground.until(
    'others continue',
    async () => (await ground.countOf('take_ups where holder <> $1', [first.id])) >= ids.length,
  );
  const seconds = (performance.now() - startMs) / 1_000;
  if (relay) await relay.restore();
  else first.child.kill('SIGCONT');
  await ground
    .until(
      'the first is told',
      async () => (await ground.countOf('fenced where holder = $1', [first.id])) > 0,
      recoverMsMax,
    )
    .catch(() => undefined);
  const told = await ground.countOf('fenced where holder = $1', [first.id]);
  for (const other of others) await ground.kill(other);
  const killedMs = performance.now();
  const left = await ground.waitForAll(ids, recoverMsMax);
  const recoveredSeconds = (performance.now() - killedMs) / 1_000;
  await sleep(comesBackMs, ground.signal);
  const faults = await ground.faults();
  await relay?.close();
  return {
    faults,
    left,
    figures: {
      seconds_until_others_continue: rounded(seconds),
      told_by_the_fence: told,
      steps_by_two_holders: faults,
      lost_when_the_others_then_die: left,
      seconds_until_all_is_over: left === 0 ? rounded(recoveredSeconds) : null,
    },
  };
}
