// A network disk whose server is away, with the repositories of some projects on it.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { mountSilentDisk } from '../../src/git/silent-disk.fixture.ts';
import { eventually } from './eventually.fixture.ts';
import { brokenPromises, createFarm, createRepository, type Farm } from './farm.fixture.ts';

const minuteMs = 60_000;
const beatsPerMinute = 24;
/** As many as Node has threads for files. */
const repositories = 4;

async function beatsOf({ database }: Farm): Promise<number> {
  const { rows } = await sql<{ beats: string }>`select sum(beats)::text as beats from executors`.execute(
    database.query,
  );
  return Number(rows[0]?.beats);
}

test(
  'R-PIPE-10: while the disk of some projects does not answer, the others go on, and later these go on too',
  async ({ skip }) => {
    const farm = await createFarm(1);
    onTestFinished(() => farm.close());
    const place = join(farm.root, 'network');
    await mkdir(place);
    const disk = await mountSilentDisk(place);
    if (disk === null) return skip('fuse-overlayfs cannot mount a disk here');
    onTestFinished(() => disk.close());
    const own = await Promise.all(
      Array.from({ length: repositories }, (_, number) =>
        createRepository(join(disk.path, `repository-${number}`)),
      ),
    );
    const first = await farm.start();
    for (const repositoryPath of own) await farm.submit(1, { repositoryPath });
    await farm.finished([first], 2 * minuteMs);
    await first.stop();
    for (const repositoryPath of own) await farm.submit(1, { repositoryPath });
    disk.silence();
    const moose = await farm.start();
    // Longer than until the look at every project that happens each minute.
    const before = await beatsOf(farm);
    await eventually(
      async () => expect(await beatsOf(farm)).toBeGreaterThan(before + beatsPerMinute),
      3 * minuteMs,
    );
    await farm.submit(4);
    await eventually(async () => expect(await farm.open()).toBe(repositories), 2 * minuteMs);
    await eventually(async () => {
      const { rows } = await sql<{ said: string | null }>`select waiting_for as said from runs
      where state = 'running'`.execute(farm.database.query);
      const said = expect.stringContaining(`The disk at ${disk.path} has not answered`);
      expect(rows).toEqual(own.map(() => ({ said })));
    }, 2 * minuteMs);
    disk.answerAgain();
    await farm.finished([moose], 2 * minuteMs);
    farm.repositories.push(...own);
    expect(await brokenPromises(farm)).toEqual([]);
  },
  10 * minuteMs,
);
