import fc from 'fast-check';
import { expect, test } from 'vitest';
import { testDatabase } from '../../../../test/database.ts';
import { until } from '../../../stdx/async/until.fixture.ts';
import type { Database } from '../../../store/database.ts';
import { aFeed, watch, write } from './live-feed.fixture.ts';
import type { LiveFeed } from './live-feed.ts';

type Act =
  | { kind: 'begin' | 'write' | 'commit' | 'roll back'; writer: number }
  | { kind: 'leave' | 'come back'; reader: number };
const writersMax = 3;
const readersMax = 2;
const acts: fc.Arbitrary<Act[]> = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constantFrom(
        'begin' as const,
        'write' as const,
        'write' as const,
        'commit' as const,
        'roll back' as const,
      ),
      writer: fc.nat(writersMax - 1),
    }),
    fc.record({
      kind: fc.constantFrom('leave' as const, 'come back' as const),
      reader: fc.nat(readersMax - 1),
    }),
  ),
  { minLength: 10, maxLength: 40 },
);

test('R-UI-1: however writers and readers come and go, each reader receives each event exactly once', async () => {
  const database = await testDatabase();
  const feed = await aFeed(database);
  await fc.assert(
    fc.asyncProperty(acts, async (steps) => {
      const { committed, heard } = await play(database, feed, steps);
      for (const subjects of heard) expect(subjects).toEqual(committed);
    }),
    { numRuns: 40 },
  );
});

/** Readers leave and come back with the last cursor that they received. */
async function play(database: Database, feed: LiveFeed, steps: readonly Act[]) {
  const committed: string[] = [];
  const before = written;
  const writers = Array.from({ length: writersMax }, () => new Writer(database, committed));
  const readers = Array.from({ length: readersMax }, () => ({ heard: [] as string[], now: watch(feed) }));
  // The feed's cursor may be older than events that an earlier test has read, so those are ignored.
  const own = (told: readonly string[]) => told.filter((subject) => !(Number(subject) <= before));
  const leave = (reader: (typeof readers)[number]) => {
    reader.now.unsubscribe();
    reader.heard.push(...own(reader.now.told.splice(0)));
  };
  const comeBack = (reader: (typeof readers)[number]) => {
    leave(reader);
    reader.now = watch(feed, reader.now.at.cursor);
  };
  for (const step of steps) {
    if ('writer' in step) await writers[step.writer]?.act(step.kind);
    else {
      const reader = readers[step.reader];
      if (reader && step.kind === 'leave') leave(reader);
      else if (reader) comeBack(reader);
    }
  }
  for (const writer of writers) await writer.act('commit');
  for (const reader of readers) {
    comeBack(reader);
    await until('all is heard', () => reader.heard.length + own(reader.now.told).length >= committed.length);
    leave(reader);
  }
  return { committed: committed.sort(), heard: readers.map(({ heard }) => heard.sort()) };
}

let written = 0;

class Writer {
  private readonly database: Database;
  private readonly committed: string[];
  private open: { query: Awaited<ReturnType<typeof begin>>; subjects: string[] } | null = null;
  constructor(database: Database, committed: string[]) {
    this.database = database;
    this.committed = committed;
  }
  async act(kind: 'begin' | 'write' | 'commit' | 'roll back'): Promise<void> {
    if (kind === 'begin') this.open ??= { query: await begin(this.database), subjects: [] };
    else if (kind === 'write') {
      written += 1;
      const subject = `${written}`;
      await write(this.open?.query ?? this.database.query, subject);
      (this.open?.subjects ?? this.committed).push(subject);
    } else if (this.open) {
      const { query, subjects } = this.open;
      this.open = null;
      if (kind === 'roll back') await query.rollback().execute();
      else {
        await query.commit().execute();
        this.committed.push(...subjects);
      }
    }
  }
}

const begin = (database: Database) => database.query.startTransaction().execute();
