import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import { TransientError } from '../../../domain/failure.ts';
import { applying } from '../../pipeline/applying/applying.ts';
import { atStep, type Ground } from '../../pipeline/scratch-pipeline.fixture.ts';
import { commitPeople, loginOf } from './commit-people.ts';

const shared = sharedDatabase();

const app = { name: 'moose-app[bot]', email: '7+moose-app[bot]@users.noreply.memory' };
const ada = { name: 'Ada Lovelace', email: '9+ada@users.noreply.memory' };

/** Makes a work order that this actor submitted. The forge knows Moose's App, and ada by this name. */
async function askedBy(actor: string, person = ada): Promise<Ground> {
  const at = await atStep(shared(), 'applying');
  at.work.order = { ...at.work.order, requestedBy: actor };
  Object.assign(at.work.forge, {
    commitIdentity: async () => app,
    findPerson: async (login: string) => (login === 'ada' ? person : null),
  });
  return at;
}

async function committed({ work, repository, routed }: Ground): Promise<string> {
  expect(await applying(work)).toMatchObject({ end: 'done', result: { outcome: 'changed' } });
  return repository.git('cat-file', 'commit', routed.branch);
}

test('R-PIPE-5: a commit belongs to the App of Moose, and credits the person who asked', async () => {
  const at = await askedBy('human:ada@memory');
  const [header = '', ...paragraphs] = (await committed(at)).split('\n\n');
  expect(header).toMatch(/^author moose-app\[bot\] <7\+moose-app\[bot\]@users\.noreply\.memory> \d+ /m);
  expect(header).toMatch(/^committer moose-app\[bot\] <7\+moose-app\[bot\]@users\.noreply\.memory> \d+ /m);
  expect(paragraphs).toEqual([
    'Mend it',
    `Moose-Work-Order: ${at.work.order.id}\nMoose-Cycle: 1.0\nCo-authored-by: Ada Lovelace <9+ada@users.noreply.memory>`,
  ]);
});

test('fear: the name of a person forges a trailer or an author', async () => {
  const name = 'Ada\r\n\r\nSigned-off-by: Eve <eve@example.com>\nauthor Eve <eve@example.com> 0 +0000';
  const at = await askedBy('human:ada@memory', { ...ada, name });
  const commit = await committed(at);
  const trailers = at.repository.git('log', '-1', '--format=%(trailers:only)', at.routed.branch);
  expect(trailers.trim().split('\n')).toEqual([
    `Moose-Work-Order: ${at.work.order.id}`,
    'Moose-Cycle: 1.0',
    expect.stringMatching(/^Co-authored-by: Ada Signed-off-by[^<>]* <9\+ada@users\.noreply\.memory>$/),
  ]);
  expect(commit.match(/^author /gm)).toHaveLength(1);
  expect(commit).not.toContain('<eve@example.com>');
});

test('fear: an address is invented for somebody whom the forge does not know', async () => {
  for (const actor of ['human:ada', 'human:ada@elsewhere', 'api:ada@memory', 'human:grace@memory']) {
    const at = await askedBy(actor);
    expect(await commitPeople(at.work), actor).toEqual({ committer: app });
  }
  const hidden = await askedBy('human:ada@memory', { ...ada, email: '' });
  expect(await commitPeople(hidden.work)).toEqual({ committer: app });
});

test('fear: a forge that does not answer costs the change', async () => {
  const at = await askedBy('human:ada@memory');
  const away = new TransientError({
    code: 'FORGE_TIMEOUT',
    component: 'forge',
    operation: 'GET /user',
    message: 'memory did not answer',
  });
  Object.assign(at.work.forge, { commitIdentity: () => Promise.reject(away) });
  expect(await committed(at)).toMatch(
    /^author Moose <moose@localhost> .*\ncommitter Moose <moose@localhost> /m,
  );
});

test('a stop is not taken for a forge that does not answer', async () => {
  const at = await askedBy('human:ada@memory');
  const work = { ...at.work, signal: AbortSignal.abort(new Error('stopped')) };
  await expect(commitPeople(work)).rejects.toThrow('stopped');
});

test('the login of a person is read from the actor', () => {
  expect(loginOf('human:ada@git.example.org:3000', 'git.example.org:3000')).toBe('ada');
  expect(loginOf('human:@memory', 'memory')).toBeNull();
});
