import test from 'node:test';
import assert from 'node:assert/strict';
import { listPeople, findPerson } from '../src/directory.js';
import { fakeUpstream } from './fakes.js';

const people = [
  { id: '1', team: 'ops', name: 'Zoe' },
  { id: '2', team: 'dev', name: 'Bo' },
  { id: '3', team: 'ops', name: 'Al' },
];

test('lists a team', async () => {
  const got = await listPeople(fakeUpstream(people), 'ops');
  assert.deepEqual(got.map((p) => p.id), ['1', '3']);
});

test('finds a person', async () => {
  assert.equal((await findPerson(fakeUpstream(people), '2')).name, 'Bo');
});
