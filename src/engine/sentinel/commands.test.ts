// Commands in comments on a pull request: each is carried out once, and answered by one comment (R-SEN-5).
import { expect, test } from 'vitest';
import { projectById } from '../../store/work/projects/projects.ts';
import { explainText } from './commands/commands-explain.ts';
import { readCommand } from './commands/commands-read.ts';
import { discussed, remarkOf } from './discussed.fixture.ts';

const ask = (body: string, given = {}) => remarkOf({ key: 'comment:1', body, ...given });

test.each([
  ['/moose retry', { name: 'retry', text: '' }],
  ['  /Moose RETRY use a Map\n\ninstead', { name: 'retry', text: 'use a Map\n\ninstead' }],
  ['/moose stop', { name: 'stop', text: '' }],
  ['/moose', { name: 'help', text: '' }],
  ['/moose deploy now', { name: null, text: 'now' }],
  ['/moose constructor', { name: null, text: '' }],
  ['/moosestop', null],
  ['/moose/stop', null],
  ['Please /moose stop', null],
  ['> /moose stop', null],
  ['', null],
])('R-SEN-5: %j is read as %j', (body, command) => {
  expect(readCommand(body)).toEqual(command);
});

test('R-SEN-5: /moose stop stops the work once, although Moose is killed in between, and is told once', async () => {
  const { forge, look, order, remarks, dieAt, database } = await discussed();
  forge.remarks.push(ask('/moose stop'));
  for (const point of ['remarks:command', 'remarks:command-told']) {
    dieAt(point);
    await expect(look()).rejects.toThrow(point);
  }
  dieAt(null);
  await look();
  await look();
  expect(await order()).toMatchObject({ status: 'cancelled' });
  expect([...forge.said.values()]).toMatchObject([
    {
      number: 7,
      key: 'command:comment:1',
      text: expect.stringContaining('branch and this pull request stay'),
    },
  ]);
  expect(await remarks()).toMatchObject([{ state: 'answered', mayWrite: true }]);
  const audit = await database.query.selectFrom('auditLog').selectAll().execute();
  expect(audit).toMatchObject([{ actor: 'human:ada@git.example.org', act: 'work_order.stop' }]);
});

test('R-SEN-5: /moose retry starts stopped work again, with what the person wrote', async () => {
  const { forge, look, order, openRun, change } = await discussed();
  await change({ status: 'needs_review', stepState: 'manual_intervention_required' });
  forge.remarks.push(ask('/moose retry Use a Map.'));
  await look();
  expect(await order()).toMatchObject({ status: 'in_progress', step: 'generating' });
  expect(await openRun()).toMatchObject({ settings: { note: 'Use a Map.' } });
  expect(forge.said.get('command:comment:1')?.text).toMatch(/runs again from generating, with your text/);
});

test('R-SEN-5: /moose retry of work that waits for CI needs words, and those begin a cycle', async () => {
  const { forge, look, order, messages } = await discussed();
  forge.remarks.push(ask('/moose retry'));
  await look();
  expect(forge.said.get('command:comment:1')?.text).toMatch(/nothing has failed/);
  expect(await order()).toMatchObject({ step: 'awaiting_ci' });
  forge.remarks.push(ask('/moose retry Use a Map.', { key: 'comment:2' }));
  await look();
  expect(await order()).toMatchObject({ step: 'generating' });
  expect(await messages()).toMatchObject([{ text: 'Use a Map.' }]);
  // The work order is running: the next cycle reads a further message.
  forge.remarks.push(ask('/moose retry No, a Set.', { key: 'comment:3' }));
  await look();
  expect(await messages()).toHaveLength(2);
});

test('a command that is refused is answered with the reason, and changes nothing', async () => {
  const { forge, look, order, change } = await discussed();
  await change({ status: 'cancelled', stepState: 'done' });
  forge.remarks.push(ask('/moose retry'), ask('/moose stop', { key: 'comment:2' }));
  await look();
  expect(forge.said.get('command:comment:1')?.text).toMatch(/cancelled/);
  expect(forge.said.get('command:comment:2')?.text).toMatch(/already cancelled/);
  expect(await order()).toMatchObject({ status: 'cancelled' });
});

test('R-SEN-5: help, unknown commands and explain are answered; an edited command counts for nothing', async () => {
  const { forge, look, order, remarks, change } = await discussed();
  const updatedAt = new Date(Date.now() + 60_000).toISOString();
  forge.remarks.push(
    ask('/moose'),
    ask('/moose deploy', { key: 'comment:2' }),
    ask('/moose explain', { key: 'comment:3' }),
    ask('/moose stop', { key: 'comment:4', updatedAt }),
  );
  await look();
  expect([...forge.said.values()].map(({ text }) => text)).toEqual([
    expect.stringMatching(/^Commands, for people with write access/),
    expect.stringMatching(/^Moose has no such command/),
    expect.stringMatching(/^Work order `\w+`\n\n- Asked: Mend it\n- State: in progress, at `awaiting_ci`/),
  ]);
  expect((await remarks()).at(-1)).toMatchObject({ state: 'ignored' });
  expect(await order()).toMatchObject({ status: 'in_progress' });
  await change({ status: 'completed', stepState: 'done' });
  forge.remarks.push(ask('/moose retry', { key: 'comment:5' }));
  await look();
  expect(forge.said.get('command:comment:5')?.text).toMatch(/is completed and will not run again/);
});

test('R-SEC-2: an explanation notifies nobody, closes nothing and stays on its lines', async () => {
  const { order, database, projectId } = await discussed();
  expect(await projectById(database.query, projectId)).toBeDefined();
  const failure = { code: 'X', message: 'See @everyone\n# Fixes #1', advice: '' };
  const told = {
    ...(await order()),
    failure,
    isVerified: false,
    notVerifiedBecause: 'no check',
    title: '@all',
  };
  const text = explainText(told, { waitingFor: 'CI.', verdict: 'red', headSha: 'a'.repeat(40) }, 10n ** 9n);
  expect(text).not.toMatch(/@everyone|@all|Fixes #1|^#/m);
  expect(text).toContain('- Waits for: CI.\n- CI: red, for aaaaaaaaaaaa\n- Failure: See');
  expect(text).toContain('- Spent: $1.00, 0 model calls, 0 of 3 refinement cycles');
});
