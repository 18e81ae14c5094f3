// Which previews are looked at in this process, how often the database is asked about them, and when they end.
import { setImmediate } from 'node:timers/promises';
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { addPreview, openPreview, type PreviewProof } from '../../store/access/previews.ts';
import { aWorkOrderAtWork } from '../../store/work/scratch-rows.fixture.ts';
import { runningDaemon } from '../../store/work/sessions/running-daemon.fixture.ts';
import { OpenPreviews, type PreviewLimits, previewLimits } from './open-previews.ts';

const shared = sharedDatabase();

/** With the proofs of open previews of one service. */
async function ground(count: number, limits: Partial<PreviewLimits> = {}) {
  const database = shared();
  const { id: sessionId } = await runningDaemon(database, await aWorkOrderAtWork(database, {}));
  const target = { port: 20_000, path: '/' };
  const given = { sessionId, target, actor: 'human:ada', tokenId: null, webSessionId: null };
  const proofs: PreviewProof[] = [];
  for (let at = 0; at < count; at++) {
    const link = await database.transaction((query) => addPreview(query, given));
    const opened = await database.run((query) => openPreview(query, link, () => true));
    proofs.push({ label: link.label, cookie: opened?.cookie ?? '' });
  }
  const counts = { misses: 0, answers: 0 };
  const previews = new OpenPreviews({
    database,
    here: { machine: '', settings: { host: 'here' } },
    mayLook: () => {
      counts.answers += 1;
      return true;
    },
    limits: { ...previewLimits, ...limits },
  });
  onTestFinished(() => previews.close());
  const find = (proof: PreviewProof | undefined) =>
    previews.find(proof ?? { label: '', cookie: '' }, () => {
      counts.misses += 1;
    });
  return { database, previews, proofs, counts, find };
}

test('fear: a page with many parts uses up what strangers may ask, or asks the database for each part', async () => {
  const { find, proofs, counts, previews } = await ground(1, { lookEveryMs: 3_600_000 });
  const together = () => Promise.all([1, 2, 3].map(() => find(proofs[0])));
  expect(new Set(await together()).size).toBe(1);
  expect(counts).toEqual({ misses: 1, answers: 1 });
  previews.close();
  // Here no answer holds, so that each round is looked up.
  const stale = await ground(1, { lookEveryMs: 0 });
  await stale.find(stale.proofs[0]);
  const { answers } = stale.counts;
  await Promise.all([1, 2, 3].map(() => stale.find(stale.proofs[0])));
  expect(stale.counts).toEqual({ misses: 1, answers: answers + 1 });
});

test('somebody without a preview counts as a stranger each time', async () => {
  const { find, counts } = await ground(0);
  const stranger = { label: 'a'.repeat(20), cookie: 'x'.repeat(43) };
  for (const misses of [1, 2]) {
    await expect(find(stranger)).rejects.toMatchObject({ code: 'PREVIEW_OVER' });
    expect(counts.misses).toBe(misses);
  }
});

test('fear: a preview that is asked for while Moose ends outlives it', async () => {
  const { find, proofs, previews } = await ground(1);
  const asked = find(proofs[0]);
  previews.close();
  await expect(asked).rejects.toMatchObject({ code: 'PREVIEW_OVER' });
});

test('fear: while the database is silent, previews end only one after another', async () => {
  const { find, proofs, database } = await ground(5, { lookEveryMs: 50, lookMsMax: 2_000 });
  const first = Promise.withResolvers<void>();
  let ended = 0;
  const locked = Promise.withResolvers<void>();
  const over = Promise.withResolvers<void>();
  for (const look of await Promise.all(proofs.map(find)))
    look.begin(() => {
      ended += 1;
      first.resolve();
    });
  const holding = database.transaction(async (query) => {
    await sql`lock table previews in access exclusive mode`.execute(query);
    locked.resolve();
    await over.promise;
  });
  try {
    await locked.promise;
    await first.promise;
    await setImmediate();
    expect(ended).toBe(proofs.length);
  } finally {
    over.resolve();
    await holding;
  }
});

test('fear: a few previews use up the connections that others need to open a link', async () => {
  const { find, proofs } = await ground(2, { exchangesMax: 2, exchangesOfAllMax: 3 });
  const [one, other] = await Promise.all(proofs.map(find));
  const full = expect.objectContaining({ code: 'PREVIEWS_FULL' });
  one?.begin(() => undefined);
  const end = one?.begin(() => undefined);
  expect(() => one?.begin(() => undefined)).toThrow(full);
  other?.begin(() => undefined);
  expect(() => other?.begin(() => undefined)).toThrow(full);
  end?.();
  other?.begin(() => undefined);
});

test('what is asked of a preview that is over is refused, also while the way to its service is opened', async () => {
  const { find, proofs, previews } = await ground(1);
  const look = await find(proofs[0]);
  const { signal } = new AbortController();
  const connecting = look.connect(signal);
  previews.close();
  await expect(connecting).rejects.toMatchObject({ component: expect.any(String) });
  expect(() => look.begin(() => undefined)).toThrow(/is over/);
  await expect(look.connect(signal)).rejects.toMatchObject({ component: expect.any(String) });
});
