// A machine dies with everything that runs on it, and another one has the same repository at the same path.
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type Ground, openGround } from './ground.fixture.ts';
import { startMachine } from './own-machine.fixture.ts';
import { branches, makeRepository } from './repository.fixture.ts';

const atWork = { timeout: 60_000 };

test.skipIf(process.getuid?.() !== 0)(
  'R-GO-9, R-BASE-2: the work of a dead machine goes on where the same repository is, and nobody is asked',
  async () => {
    const ground = await openGround({}, { works: false });
    onTestFinished(() => ground.close());
    const { database } = ground.opened;
    const repositoryPath = await makeRepository(join(ground.directory, 'shared-repository'));
    const { checked, go, checks } = await slowCheck(ground);
    const alpha = await startMachine(ground, 'alpha');
    const ids: string[] = [];
    for (let n = 0; n < 4; n++) ids.push((await ground.submit({ repositoryPath, checks })).id);
    await expect.poll(async () => (await readdir(checked)).length, atWork).toBe(ids.length);
    await alpha.kill();
    await writeFile(go, '');
    await startMachine(ground, 'beta');
    for (const id of ids)
      expect(await ground.settled(id)).toMatchObject({ status: 'completed', failure: null });
    expect(await database.query.selectFrom('escalations').select('title').execute()).toEqual([]);
    expect((await branches(repositoryPath)).filter((name) => name.startsWith('moose/'))).toHaveLength(
      ids.length,
    );
  },
  180_000,
);

test.skipIf(process.getuid?.() !== 0)(
  'R-GO-1, R-GO-7: work whose machine loses its power five times is done in the end, and nobody is asked',
  async () => {
    const ground = await openGround({}, { works: false });
    onTestFinished(() => ground.close());
    const { checked, go, checks } = await slowCheck(ground);
    const { id } = await ground.submit({ checks });
    for (let starts = 1; starts <= 5; starts++) {
      const machine = await startMachine(ground, 'gamma');
      await expect.poll(async () => (await readdir(checked)).length, atWork).toBe(starts);
      await machine.kill();
    }
    await writeFile(go, '');
    await startMachine(ground, 'gamma');
    const done = await ground.settled(id);
    expect(done).toMatchObject({ status: 'completed', failure: null, counters: { model_calls: 1 } });
    expect(new Set(done.errors.map(({ code }) => code))).toEqual(new Set(['SESSION_LEFT_BEHIND']));
    const { query } = ground.opened.database;
    expect(await query.selectFrom('escalations').select('title').execute()).toEqual([]);
  },
  180_000,
);

/** A check that notes each start in a folder, and ends once a file is there. */
async function slowCheck({ shared }: Ground) {
  const checked = join(shared, 'checked');
  await mkdir(checked);
  const go = join(shared, 'go');
  const command = `mktemp -p "${checked}"; [ -e "${go}" ] || sleep 600`;
  return { checked, go, checks: [{ kind: 'test', command, source: 'given' }] as const };
}
