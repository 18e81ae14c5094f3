import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { newId } from '../../domain/ids.ts';
import { systemClock } from '../../stdx/clock.ts';
import type { Database } from '../../store/database.ts';
import { addExclusion } from '../../store/figures/patterns.ts';
import { askPatterns } from './ask-patterns.ts';

const as = (database: Database, actor: string) => askPatterns({ database, clock: systemClock, actor });
const wish = { model: 'a/one', word: 'auth' };

test('R-LRN-3: fear: a program allows what a person has excluded', async () => {
  const database = await testDatabase();
  const [person, program] = [as(database, 'human:ada'), as(database, 'api:ci')];
  const { id } = await person.excludeWork(wish);
  await expect(program.allowWork(id)).rejects.toMatchObject({ code: 'LIMIT_NOT_YOURS' });
  await expect(as(database, 'mcp:assistant').allowWork(id)).rejects.toMatchObject({
    message:
      'A person has decided that auth work does not go to a/one, and only a person can allow it again.',
  });
  expect(await person.allowWork(id)).toMatchObject({ revoked_by: 'human:ada' });
  // The exclusion is already over.
  expect(await program.allowWork(id)).toMatchObject({ revoked_by: 'human:ada' });
  const own = await program.excludeWork(wish);
  expect(await program.allowWork(own.id)).toMatchObject({ revoked_by: 'api:ci' });
});

test('R-LRN-3: fear: hundreds of newer exclusions hide one that is in effect, and nobody can revoke it', async () => {
  const database = await testDatabase();
  const person = as(database, 'human:ada');
  const { id } = await person.excludeWork(wish);
  const many = Array.from({ length: 510 }, (_, index) => `word${index}`);
  for (const word of many)
    await addExclusion(database.query, {
      id: newId<string>(new Date()),
      model: 'a/one',
      word,
      createdBy: 'api:ci',
    });
  expect(await person.excludeWork(wish)).toMatchObject({ id });
  expect(await person.allowWork(id)).toMatchObject({ id, revoked_by: 'human:ada' });
  const again = await person.excludeWork(wish);
  await database.query
    .updateTable('routingExclusions')
    .set({ revokedBy: 'api:ci', revokedAt: new Date() })
    .where('id', '<>', again.id)
    .execute();
  await database.query
    .updateTable('routingExclusions')
    .set({ createdAt: new Date(0) })
    .where('id', '=', again.id)
    .execute();
  expect((await person.patterns()).exclusions[0]).toMatchObject({ id: again.id, revoked_at: null });
});
