import { expect, onTestFinished, test } from 'vitest';
import { apiGround } from '../src/api/api-ground.fixture.ts';
import { openServer } from '../src/cli/remote/open-server.ts';
import {
  changeSchedule,
  createSchedule,
  listSchedules,
  pauseSchedule,
  removeSchedule,
  resumeSchedule,
  runSchedule,
  showSchedule,
} from '../src/contract/operations/schedules.ts';
import { scratchRepository } from '../src/git/scratch-repository.fixture.ts';

test('R-DIST-2: schedules on a server are added, read, changed, run, paused, resumed and removed', async () => {
  const { server, tokens } = await apiGround();
  const { ask, close } = openServer({ url: server.url, token: tokens.admin }, new AbortController().signal);
  onTestFinished(close);
  const params = { name: 'nightly' };
  const when = {
    cron: '30 1 * * *',
    time_zone: 'Europe/Berlin',
    when_open: 'queue' as const,
    catch_up_ms: 60_000,
  };
  const what = { title: 'Tidy {{date}}', repository_path: scratchRepository().path, limit_usd: 1 };
  const added = await ask(createSchedule, { body: { name: 'nightly', ...when, ...what } });
  expect(added.schedule).toMatchObject({ time_zone: 'Europe/Berlin', when_open: 'queue', limit_usd: 1 });
  expect((await ask(listSchedules)).items).toMatchObject([{ name: 'nightly', last_run: null }]);
  const check = { kind: 'test', command: 'true' };
  const more = {
    checks: [check],
    labels: ['gpu=yes'],
    agent: 'patch',
    time_limit_ms: 60_000,
    needs_approval: true,
  };
  const changed = await ask(changeSchedule, { params, body: { limit_usd: 2, ...more } });
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
  const none = { checks: null, labels: null, agent: null, time_limit_ms: null, needs_approval: false };
  expect((await ask(changeSchedule, { params, body: none })).schedule).toMatchObject({
    checks: [],
    labels: [],
    agent: null,
    time_limit_ms: null,
    needs_approval: false,
    limit_usd: 2,
  });
  const refused = ask(changeSchedule, { params, body: { cron: 'often' } });
  await expect(refused).rejects.toMatchObject({ code: 'CRON_INVALID' });
  expect((await ask(runSchedule, { params })).history).toMatchObject([{ outcome: 'submitted' }]);
  expect(await ask(pauseSchedule, { params, body: { because: 'holidays' } })).toMatchObject({
    paused_because: 'holidays',
  });
  expect(await ask(resumeSchedule, { params })).toMatchObject({ paused_at: null });
  expect(await ask(showSchedule, { params })).toMatchObject({
    history: [{ work_order: { status: 'pending' } }],
  });
  expect(await ask(removeSchedule, { params })).toEqual({ removed: 'nightly' });
  await expect(ask(showSchedule, { params })).rejects.toMatchObject({ code: 'SCHEDULE_NOT_FOUND' });
});
