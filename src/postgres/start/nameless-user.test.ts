// Fear: in a container whose user has no name, the database cannot be made, and nobody is told why.
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { scratch } from '../scratch.fixture.ts';
import { probeName, wordsForName } from './nameless-user.ts';

test('a user with a name needs nothing', async () => {
  expect(await wordsForName()).toEqual([]);
});

test.runIf(process.geteuid?.() === 0)(
  'a user without a name is told what to add, if there is no other user to run as',
  async () => {
    const folder = scratch();
    const noUsers = join(folder, 'passwd');
    process.seteuid?.(54_321);
    onTestFinished(() => process.seteuid?.(0));
    const refused = { code: 'EMBEDDED_USER_NAMELESS', message: expect.stringContaining('54321') };
    await expect(wordsForName(noUsers)).rejects.toMatchObject(refused);
    await expect(wordsForName(folder)).rejects.toMatchObject({ code: 'EISDIR' });
    // A machine that lets it run as another user says nothing.
    const found = await probeName();
    if (found !== null) expect(found).toMatchObject(refused);
  },
);
