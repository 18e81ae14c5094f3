import { expect, onTestFinished, test } from 'vitest';
import { apiGround } from '../src/api/api-ground.fixture.ts';
import { openServer } from '../src/cli/remote/open-server.ts';
import { scratchRepository } from '../src/git/scratch-repository.fixture.ts';

test('R-DIST-2: schedules on a server are added, read, changed, run, paused, resumed and removed', async () => {
  const { server, tokens } = await apiGround();
  const { moose, close } = openServer({ url: server.url, token: tokens.admin }, new AbortController().signal);
  onTestFinished(close);
  const { schedules } = moose;
  const by = { tokenId: null, role: 'admin' as const };
  const when = {
    cron: '30 1 * * *',
    timeZone: 'Europe/Berlin',
    whenOpen: 'queue' as const,
    catchUpMs: 60_000,
  };
  const what = { title: 'Tidy {{date}}', repositoryPath: scratchRepository().path, limitNanoUsd: 10n ** 9n };
  const added = await schedules.add({ name: 'nightly', ...when, ...what }, by);
  expect(added.schedule).toMatchObject({ time_zone: 'Europe/Berlin', when_open: 'queue', limit_usd: 1 });
  expect(await schedules.list()).toMatchObject([{ name: 'nightly', last_run: null }]);
  const check = { kind: 'test' as const, command: 'true', source: 'given' };
  const more = {
    checks: [check],
    labels: ['gpu=yes'],
    agent: 'patch',
    timeLimitMs: 60_000,
    needsApproval: true,
  };
  const changed = await schedules.change('nightly', { limitNanoUsd: 2n * 10n ** 9n, ...more }, by);
  expect(changed).toMatchObject({
    schedule: {
      limit_usd: 2,
      cron: '30 1 * * *',
      agent: 'patch',
      time_limit_ms: 60_000,
      needs_approval: true,
    },
    warnings: [],
  });
  expect(changed.schedule.changes).toMatchObject([{ changed_by: 'api:admin' }]);
  const none = { checks: null, labels: null, agent: null, timeLimitMs: null, needsApproval: false };
  expect((await schedules.change('nightly', none, by)).schedule).toMatchObject({
    checks: [],
    labels: [],
    agent: null,
    time_limit_ms: null,
    needs_approval: false,
    limit_usd: 2,
  });
  await expect(schedules.change('nightly', { cron: 'often' }, by)).rejects.toMatchObject({
    code: 'CRON_INVALID',
  });
  expect((await schedules.run('nightly')).history).toMatchObject([{ outcome: 'submitted' }]);
  expect(await schedules.pause('nightly', 'holidays')).toMatchObject({ paused_because: 'holidays' });
  expect(await schedules.resume('nightly', by)).toMatchObject({ paused_at: null });
  expect(await schedules.one('nightly')).toMatchObject({ history: [{ work_order: { status: 'pending' } }] });
  expect(await schedules.remove('nightly', by)).toEqual({ removed: 'nightly' });
  await expect(schedules.one('nightly')).rejects.toMatchObject({ code: 'SCHEDULE_NOT_FOUND' });
});
