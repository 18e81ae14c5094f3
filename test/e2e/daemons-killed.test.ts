// Services after SIGKILL of Moose: there is never a second one in a worktree, and none keeps running forever
// (R-PROJ-4).
import { expect, onTestFinished, test } from 'vitest';
import { parseCheck } from '../../src/engine/workplace/checks/parse-check.ts';
import {
  asking,
  asks,
  server,
  webDaemon,
} from '../../src/engine/workplace/daemons/daemon-project.fixture.ts';
import { findProcess } from '../../src/sessions/find-process.ts';
import { isProcessAlive } from '../../src/sessions/survey.ts';
import { seededRandom } from '../../src/stdx/seeded-random.fixture.ts';
import { longOr } from '../long.ts';
import { brokenPromises, createFarm, type Farm } from './farm.fixture.ts';
import { commitFiles } from './repository.fixture.ts';

const minuteMs = 60_000;
const kills = longOr(24, 4);
// MOOSE_TEST_SEED=N repeats a run with its seed.
const seed = Number(process.env.MOOSE_TEST_SEED ?? Math.floor(Math.random() * 1_000_000_000));

const points = [
  'service:before-start',
  'service:started',
  'service:ready',
  'service:ended',
  'agent:started',
  'check:before-start',
  'check:ended',
];

/** The living sessions of services, as `WORK_ORDER NAME`. */
async function livingDaemons({ database }: Farm): Promise<string[]> {
  const rows = await database.query
    .selectFrom('sessions')
    .select(['workOrderId', 'name', 'directory'])
    .where('purpose', '=', 'service')
    .execute();
  const living: string[] = [];
  for (const { workOrderId, name, directory } of rows) {
    const handle = await findProcess(directory);
    if (handle && (await isProcessAlive(handle))) living.push(`${workOrderId} ${name}`);
  }
  return living;
}

test(
  'fear: a killed Moose leaves a second service in a worktree, or one that never ends',
  async () => {
    // biome-ignore lint/suspicious/noConsole: a failure is repeated by its seed
    console.log(`services: MOOSE_TEST_SEED=${seed}`);
    const random = seededRandom(seed);
    const farm = await createFarm(2);
    onTestFinished(() => farm.close());
    const files = { 'server.js': server, 'ask.js': asks, '.moose/config.yml': `services:\n${webDaemon}` };
    for (const path of farm.repositories) await commitFiles(path, files, 'Serve');
    await farm.submit(4, { checks: [parseCheck(`test=${asking}`)] });
    for (let kill = 0; kill < kills; kill++) {
      const point = points[Math.floor(random() * points.length)];
      const moose = await farm.start({ MOOSE_DIE_AT: `${point}#${1 + Math.floor(random() * 2)}` });
      await farm.diesFirst(moose, minuteMs);
      await moose.kill();
      const living = await livingDaemons(farm);
      expect(living.filter((one, at) => living.indexOf(one) !== at)).toEqual([]);
    }
    const moose = await farm.start();
    await farm.finished([moose], 3 * minuteMs);
    await moose.stop();
    expect(await livingDaemons(farm)).toEqual([]);
    expect(await brokenPromises(farm)).toEqual([]);
  },
  8 * minuteMs,
);
