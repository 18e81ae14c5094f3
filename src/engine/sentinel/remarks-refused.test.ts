// A forge that takes no comment, as in a locked discussion, or whose discussion is too large to read.
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { ConfigurationError, PermanentError } from '../../domain/failure.ts';
import { remarksOf } from '../../store/work/pull-requests/remarks.ts';
import { remarkOf } from './discussed.fixture.ts';
import { followedGround, passing } from './followed-ground.fixture.ts';
import { look, pushed } from './next/followed.fixture.ts';

const shared = sharedDatabase();
const locked = new ConfigurationError({
  code: 'FORGE_FORBIDDEN',
  component: 'forges',
  operation: 'POST',
  message: 'git.example.com does not allow Moose to do this (HTTP 403: the discussion is locked).',
  advice: 'Unlock it.',
});

test('R-SEN-5, R-SEN-6: fear: a discussion is locked, and a command in it keeps Moose from CI for ever', async () => {
  const { database, forge, order, row } = await followedGround(shared());
  const said: string[] = [];
  let isLocked = true;
  forge.say = async ({ key }) => {
    if (isLocked) throw locked;
    said.push(key);
    return { url: null };
  };
  forge.remarks = [
    remarkOf({ key: 'comment:1', body: '/moose explain' }),
    remarkOf({ key: 'comment:2', body: '/moose help' }),
  ];
  forge.verdicts[pushed] = passing;
  await look(database, forge);
  expect(await order()).toMatchObject({ status: 'completed', changedBecause: 'CI is green' });
  const states = async () => (await remarksOf(database.query, await row())).map(({ state }) => state);
  expect(await states()).toEqual(['command', 'command']);
  isLocked = false;
  await look(database, forge);
  expect(await states()).toEqual(['answered', 'answered']);
  expect(said).toEqual(['command:comment:1', 'command:comment:2']);
});

test('R-SEN-6: fear: strangers write more than Moose can read, and CI is never looked at again', async () => {
  const { database, forge, order, row } = await followedGround(shared());
  forge.readRemarks = async () => {
    throw new PermanentError({
      code: 'FORGE_ANSWER_TOO_LARGE',
      component: 'forges',
      operation: 'GET',
      message: 'It is too large.',
    });
  };
  forge.verdicts[pushed] = passing;
  await look(database, forge, { merge: 'green' });
  // A command to stop may be among what cannot be read.
  expect(forge.pullRequest.state).toBe('open');
  expect((await row()).waitingFor).toContain('does not show what people wrote');
  await look(database, forge, { merge: 'never' });
  expect(await order()).toMatchObject({ status: 'completed' });
});
