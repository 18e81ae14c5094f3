import { expect } from 'vitest';

interface Said {
  code: string | null;
  documents: unknown[];
}
type Say = (where: 'here' | 'server', ...args: string[]) => Promise<Said>;

/** Adds, reads, pauses, resumes, changes and removes a schedule by the command line of another machine. */
export async function scheduleOverTheNetwork(say: Say, project: string): Promise<void> {
  const what = ['nightly', 'Tidy {{date}}', '--cron', '30 1 * * *', '--project', project, '--limit', '1'];
  expect((await say('server', 'schedule', 'add', ...what)).code).toBe(null);
  for (const act of ['pause', 'resume', 'show'])
    expect((await say('server', 'schedule', act, 'nightly')).code, act).toBe(null);
  const change = ['--cron', '0 4 * * *', '--name', 'early', '--check', 'test=true', '--label', 'gpu=yes'];
  expect((await say('server', 'schedule', 'change', 'nightly', ...change)).code).toBe(null);
  const back = ['--name', 'nightly', '--check', 'none', '--label', 'none'];
  expect(await say('server', 'schedule', 'change', 'early', ...back)).toMatchObject({
    documents: [{ schedule: { cron: '0 4 * * *', checks: [], labels: [], changes: [{}, {}] } }],
  });
  const refused = ['schedule', 'change', 'nightly', '--cron', 'often'];
  expect((await say('server', ...refused)).code).toBe((await say('here', ...refused)).code);
  const [there, here] = [await say('server', 'schedule'), await say('here', 'schedule')];
  expect(there).toEqual(here);
  expect(there.documents).toMatchObject([[{ name: 'nightly', requested_by: 'human:ada' }]]);
  expect((await say('server', 'schedule', 'remove', 'nightly')).code).toBe(null);
}
