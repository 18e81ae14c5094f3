import { expect, test } from 'vitest';
import { testDatabase } from '../../../../test/database.ts';
import { printedDocuments } from '../../../contract/contract.ts';
import { atTerminal } from '../../at-terminal.fixture.ts';
import { moose } from '../run-command.fixture.ts';

test('R-SEC-1: fear: an agent that runs the command line invites somebody', async () => {
  const database = await testDatabase();
  await expect(moose(database, 'invites', 'create', 'dee')).rejects.toMatchObject({ code: 'PERSON_NEEDED' });
  atTerminal('no');
  await expect(moose(database, 'invites', 'create', 'dee')).rejects.toMatchObject({ code: 'NOT_CONFIRMED' });
  expect((await moose(database, 'invites')).text).toBe('Nobody was invited yet.');
});

test('R-UI-7: moose invites creates a link, lists invites without it, and revokes one', async () => {
  const database = await testDatabase();
  for (const [flag, value, code] of [
    ['--expires', 'soon', 'DURATION_INVALID'],
    ['--expires', '1s', 'INVITE_TIME_INVALID'],
    ['--daily', 'much', 'LIMIT_INVALID'],
  ] as const) {
    atTerminal('yes');
    await expect(moose(database, 'invites', 'create', 'dee', flag, value)).rejects.toMatchObject({ code });
  }
  atTerminal('yes');
  const wish = ['--role', 'viewer', '--expires', '2d', '--daily', '2.50'];
  const made = await moose(database, 'invites', 'create', 'dee', ...wish);
  const document = printedDocuments['invites create'].parse(made.document);
  expect(document).toEqual(made.document);
  expect(document).toMatchObject({ person: 'dee', role: 'viewer', state: 'open', created_by: 'human:anna' });
  expect(made.text).toBe(document.link);
  expect(made.text).toMatch(/^http:\/\/127\.0\.0\.1:4317\/invite#[\w-]{43}$/);
  const listed = await moose(database, 'invites', 'ls');
  expect(listed.text).toMatch(/PERSON +ROLE +INVITED BY +EXPIRES +STATE/);
  expect(listed.text).toMatch(/dee +viewer +anna +\d{4}-\d\d-\d\d \d\d:\d\d +open/);
  expect(JSON.stringify(listed)).not.toContain(document.link.split('#')[1]);
  const revoked = await moose(database, 'invites', 'revoke', document.id.slice(-6));
  expect(printedDocuments['invites revoke'].parse(revoked.document)).toEqual(revoked.document);
  expect(revoked.text).toBe('Revoked: the invite of dee');
  expect((await moose(database, 'invites')).text).toMatch(/dee .* revoked/);
});
