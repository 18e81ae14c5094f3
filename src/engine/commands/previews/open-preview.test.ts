// Which services a person may open: those that run here, and no port that may belong to another program.
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import { portBaseOf } from '../../../domain/machine/daemon.ts';
import { aWorkOrderAtWork } from '../../../store/work/scratch-rows.fixture.ts';
import { type RunningGiven, runningDaemon } from '../../../store/work/sessions/running-daemon.fixture.ts';
import { takeSlot } from '../../../store/work/sessions/worktree-slots.ts';
import { doorOfDaemon } from './door-of-daemon.ts';
import { openPreview, type PreviewDeps } from './open-preview.ts';

const shared = sharedDatabase();
const here = { machine: 'here-1', settings: { host: 'here' } };

async function ground(...services: RunningGiven[]) {
  const database = shared();
  const at = await aWorkOrderAtWork(database, {});
  const rows = [];
  for (const given of services) rows.push(await runningDaemon(database, at, given));
  const deps: PreviewDeps = {
    database,
    actor: 'human:ada',
    settings: { current: here.settings },
    machine: async () => here.machine,
    previews: 'https://*.preview.example.org',
  };
  const open = (service?: string, more: Partial<PreviewDeps> = {}) =>
    openPreview({ ...deps, ...more }, { id: at.workOrderId }, { service, tokenId: null, webSessionId: null });
  return { ...at, database, rows, open };
}

test('a link names no secret twice, and is stored as a hash only', async () => {
  const { open, database, workOrderId } = await ground({ previewUrl: 'http://localhost:3000/app?x' });
  const [one, two] = [await open(), await open('web')];
  expect(one).toMatchObject({
    work_order_id: workOrderId,
    service: 'web',
    url: expect.stringMatching(
      /^https:\/\/[a-z2-7]{20}\.preview\.example\.org\/\.moose\/preview\/[\w-]{43}$/,
    ),
  });
  const parts = [one, two].map(({ url }) => [new URL(url).hostname, new URL(url).pathname]);
  expect(new Set(parts.flat()).size).toBe(4);
  const stored = JSON.stringify(
    await database.query.selectFrom('previews').selectAll().where('actor', '=', 'human:ada').execute(),
  );
  expect(stored).toContain('/app?x');
  expect(stored).not.toContain(one.url.split('/').at(-1));
});

test.each<[string, string, RunningGiven[], string | undefined]>([
  ['none runs', 'PREVIEW_NOT_RUNNING', [], undefined],
  ['another one is named', 'PREVIEW_NOT_RUNNING', [{}], 'db'],
  ['it is not ready', 'PREVIEW_NOT_RUNNING', [{ readyAt: null }], 'web'],
  ['it has no address', 'PREVIEW_NOT_RUNNING', [{ previewUrl: null }], 'web'],
  ['its address is elsewhere', 'PREVIEW_NOT_RUNNING', [{ previewUrl: 'http://192.0.2.1/' }], 'web'],
  ['several run', 'PREVIEW_SERVICE_NEEDED', [{}, { name: 'docs' }], undefined],
  ['it is on another machine', 'PREVIEW_ELSEWHERE', [{ host: 'there' }], undefined],
  ['another machine had this name', 'PREVIEW_ELSEWHERE', [{ machine: 'here-0' }], undefined],
  [
    "its port on the machine's network is Moose's own",
    'PREVIEW_PORT_NOT_OWN',
    [{ egress: 'open', previewUrl: 'http://localhost:4317/' }],
    undefined,
  ],
])('there is no link to a service if %s', async (_, code, services, name) => {
  const { open } = await ground(...services);
  await expect(open(name)).rejects.toMatchObject({ code });
});

test('previews are off unless an address is set', async () => {
  const { open } = await ground({});
  await expect(open('web', { previews: null })).rejects.toMatchObject({
    code: 'PREVIEWS_OFF',
    advice: expect.stringContaining('MOOSE_PREVIEW_URL'),
  });
});

test("fear: on the machine's network, a repository shows a port of another worktree", async () => {
  const { database, workOrderId, runId, open } = await ground();
  const wish = { host: 'here', workOrderId, slotMax: 500, skip: [] };
  const slot = await database.transaction((query) => takeSlot(query, wish));
  const first = portBaseOf(slot?.slot ?? 0);
  for (const [name, port] of [
    ['own', first + 19],
    ['next', first + 20],
    ['before', first - 1],
  ] as const) {
    const at = { workOrderId, runId };
    await runningDaemon(database, at, { name, egress: 'open', previewUrl: `http://localhost:${port}/` });
  }
  expect(await open('own')).toMatchObject({ service: 'own' });
  await expect(open('next')).rejects.toMatchObject({ code: 'PREVIEW_PORT_NOT_OWN' });
  await expect(open('before')).rejects.toMatchObject({ code: 'PREVIEW_PORT_NOT_OWN' });
});

test('there is no way to a service that is gone, or on another machine', async () => {
  const { database, rows } = await ground({}, { name: 'there', host: 'there' });
  for (const { id } of rows)
    await expect(doorOfDaemon(database, here, id)).rejects.toMatchObject({ code: 'PREVIEW_OVER' });
});
