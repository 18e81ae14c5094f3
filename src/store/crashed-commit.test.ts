// Fear: the database crashes while a transaction commits, the transaction is lost, and Moose takes it for committed.
import { expect, onTestFinished, test } from 'vitest';
import { processesBelow, query, scratchWithCluster } from '../postgres/scratch.fixture.ts';
import { startEmbedded } from '../postgres/start/start-embedded.ts';
import { errorCode } from '../stdx/system-error.ts';
import { openDatabase } from './database.ts';

// Lost: what is not on disk. A committed transaction is written at once.
const settings = { shared_buffers: '16MB', autovacuum: 'off' };

async function crashingServer() {
  const directory = await scratchWithCluster();
  let server = await startEmbedded({ directory, settings });
  await query(server.url, 'create schema if not exists moose; create table moose.marks (mark text)');
  const { url } = server;
  const database = openDatabase(url);
  onTestFinished(async () => {
    await database.close();
    await server.stop();
  });
  return {
    database,
    url,
    crash: async () => {
      for (const pid of processesBelow(directory)) killIfThere(pid);
      server = await startEmbedded({ directory, settings });
      expect(server.url).toBe(url);
    },
  };
}

/** The first one that dies ends others before their turn. */
function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (cause) {
    if (errorCode(cause) !== 'ESRCH') throw cause;
  }
}

test('R-PIPE-8: a lost transaction whose ID another one has got is not taken for committed', async () => {
  const { database, url, crash } = await crashingServer();
  let attempts = 0;
  const write = database.transaction(async (transaction) => {
    attempts += 1;
    await transaction
      .insertInto('marks' as never)
      .values({ mark: 'own' } as never)
      .execute();
    if (attempts > 1) return;
    await crash();
    for (let other = 0; other < 20; other++) await query(url, `insert into moose.marks values ('other')`);
  });
  await expect(write).rejects.toMatchObject({ code: 'DATABASE_COMMIT_UNCLEAR', category: 'transient' });
  expect(await query(url, `select from moose.marks where mark = 'own'`)).toEqual([]);
});

test('R-PIPE-8: a lost transaction whose ID nobody has got is repeated', async () => {
  const { database, url, crash } = await crashingServer();
  let attempts = 0;
  await database.transaction(async (transaction) => {
    attempts += 1;
    await transaction
      .insertInto('marks' as never)
      .values({ mark: 'own' } as never)
      .execute();
    if (attempts === 1) await crash();
  });
  expect(attempts).toBe(2);
  expect(await query(url, `select mark from moose.marks`)).toEqual([{ mark: 'own' }]);
});
