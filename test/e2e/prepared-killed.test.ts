// SIGKILL of Moose while it prepares worktrees: no work order ever gets a half result of a setup, or that of another
// commit (R-PROJ-3).
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parseCheck } from '../../src/engine/workplace/checks/parse-check.ts';
import { cachePath, readMark } from '../../src/engine/workplace/prepared/entry.ts';
import { sleep } from '../../src/stdx/async/sleep.ts';
import { seededRandom } from '../../src/stdx/seeded-random.fixture.ts';
import { longOr } from '../long.ts';
import { brokenPromises, createFarm } from './farm.fixture.ts';
import { commitFiles } from './repository.fixture.ts';

const minuteMs = 60_000;
const kills = longOr(30, 4);
const parts = 40;
// MOOSE_TEST_SEED=N repeats a run with its seed.
const seed = Number(process.env.MOOSE_TEST_SEED ?? Math.floor(Math.random() * 1_000_000_000));

/** Installs its parts one after another, each with the commit's stamp. */
const makeParts = `mkdir -p deps
for n in $(seq ${parts}); do cat stamp > deps/$n; sleep 0.02; done
`;
const seesAll = `test "$(ls deps | wc -l)" = ${parts} && test "$(cat deps/* | sort -u)" = "$(cat stamp)"`;
const files = {
  '.gitignore': 'deps\n',
  'make-parts.sh': makeParts,
  '.moose/config.yml': 'setup: sh make-parts.sh\n',
};

test(
  'R-PROJ-3: fear: a killed Moose leaves half a result in the cache, and a later work order gets it',
  async () => {
    // biome-ignore lint/suspicious/noConsole: a failure is repeated by its seed
    console.log(`prepared: MOOSE_TEST_SEED=${seed}`);
    const random = seededRandom(seed);
    const farm = await createFarm(2);
    onTestFinished(() => farm.close());
    const { dataDirectory, repositories } = farm;
    const sure = { checks: [parseCheck(`test=${seesAll}`)] };
    for (let kill = 0; kill < kills; kill++) {
      // The commands of the setup do not name their inputs, so each commit has an entry of its own.
      for (const path of repositories) await commitFiles(path, { ...files, stamp: `${kill}\n` }, 'Stamp');
      await farm.submit(4, sure);
      const isAtEffect = random() < 0.5;
      const point = random() < 0.5 ? 'preparing:before-keep' : 'preparing:taken';
      const moose = await farm.start(
        isAtEffect ? { MOOSE_DIE_AT: `${point}#${1 + Math.floor(random() * 2)}` } : {},
      );
      if (isAtEffect) await farm.diesFirst(moose, minuteMs);
      else await sleep(200 + random() * 2_500);
      await moose.kill();
    }
    const moose = await farm.start();
    await farm.finished([moose], longOr(15, 3) * minuteMs);
    await moose.stop();
    const ended = await farm.database.query.selectFrom('workOrders').select('status').execute();
    expect(ended).toEqual(Array.from({ length: 4 * kills }, () => ({ status: 'completed' })));
    const entries = await wholeEntries(dataDirectory);
    expect(entries.length).toBeGreaterThan(0);
    for (const each of entries) expect(new Set(each)).toEqual(new Set([each[0]]));
    expect(entries.map((each) => each.length)).toEqual(entries.map(() => parts));
    expect(await brokenPromises(farm)).toEqual([]);
  },
  longOr(30, 6) * minuteMs,
);

/** The content of each file of each entry that a work order could get. */
async function wholeEntries(dataDirectory: string): Promise<string[][]> {
  const root = cachePath(dataDirectory);
  const found: string[][] = [];
  for (const project of await readdir(root)) {
    for (const key of await readdir(join(root, project))) {
      const path = join(root, project, key);
      if (key.startsWith('.') || (await readMark(path)) === null) continue;
      const deps = join(path, 'files', 'deps');
      const names = await readdir(deps);
      found.push(await Promise.all(names.map((name) => readFile(join(deps, name), 'utf8'))));
    }
  }
  return found;
}
