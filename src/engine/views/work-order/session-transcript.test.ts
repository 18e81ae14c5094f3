import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import type { TranscriptReader } from '../../../domain/agents/transcript-part.ts';
import { newId, type SessionId } from '../../../domain/ids.ts';
import { aWorkOrderAtWork } from '../../../store/work/scratch-rows.fixture.ts';
import { addOutput } from '../../../store/work/sessions/session-output.ts';
import { intendSession, updateSession } from '../../../store/work/sessions/session-rows.ts';
import { transcriptOf } from './session-transcript.ts';

const shared = sharedDatabase();

/** As the readers of agents: a line that is not whole is none of their events. */
const readSaid: TranscriptReader = (line) =>
  line.startsWith('{') && line.endsWith('}')
    ? [{ kind: 'said', text: (JSON.parse(line) as { text: string }).text, piece: false }]
    : [{ kind: 'printed', text: line }];

async function aSession({ host = hostname(), purpose = 'agent' as 'agent' | 'check' } = {}) {
  const database = shared();
  const directory = await mkdtemp(join(tmpdir(), 'moose-transcript-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const { workOrderId, runId } = await aWorkOrderAtWork(database);
  const { id } = await intendSession(database.query, {
    id: newId<SessionId>(new Date()),
    workOrderId,
    runId,
    purpose,
    name: 'claude-code',
    cycle: 0,
    attempt: 1,
    host,
    directory,
    command: '',
    state: 'running',
    timeLimitMs: 1_000,
  });
  const read = (offset = 0) => transcriptOf(database, id, { offset, readerOf: () => readSaid });
  const end = () => updateSession(database.query, id, { state: 'exited' });
  return { database, id, path: join(directory, 'stdout.log'), read, end };
}

const says = (text: string) => `${JSON.stringify({ text })}\n`;
const saidIn = ({ parts }: Awaited<ReturnType<typeof transcriptOf>>) =>
  parts.flatMap((part) => (part.kind === 'said' ? part.text.slice(0, 9) : []));

test('R-REVIEW-1: a transcript is read on from where it ended, and each line once, also one that is longer than a part', async () => {
  const { path, read, end } = await aSession();
  const long = says(`long ${'x'.repeat(300_000)}`);
  await writeFile(path, `${says('one')}${long.slice(0, 200_000)}`);
  const first = await read();
  expect([saidIn(first), first.is_over]).toEqual([['one'], false]);
  await appendFile(path, `${long.slice(200_000)}${says('two')}`);
  const second = await read(first.next_offset);
  expect(saidIn(second)).toEqual(['long xxxx', 'two']);
  expect(await read(second.next_offset)).toMatchObject({ parts: [], is_over: false });
  await appendFile(path, says('end').trimEnd());
  await end();
  const last = await read(second.next_offset);
  expect([saidIn(last), last.is_over, last.next_offset]).toEqual([['end'], true, last.size]);
});

test('R-REVIEW-1: a long transcript comes in pages that together are whole', async () => {
  const { path, read, end } = await aSession();
  const names = Array.from({ length: 60 }, (_, index) => `part ${String(index).padStart(4, '0')}`);
  await writeFile(path, names.map((name) => says(`${name}${'y'.repeat(50_000)}`)).join(''));
  await end();
  const seen: string[] = [];
  let page = await read();
  for (let pages = 1; ; pages += 1) {
    seen.push(...saidIn(page));
    if (page.is_over) break;
    expect(pages).toBeLessThan(10);
    page = await read(page.next_offset);
  }
  expect(seen).toEqual(names);
});

test('R-REVIEW-1: the transcript of another machine is that of what it has stored', async () => {
  const { database, id, read } = await aSession({ host: 'elsewhere' });
  expect(await read()).toMatchObject({ parts: [], is_here: false });
  const text = says('far away');
  await addOutput(database.query, { id, stream: 'stdout' }, [
    { startByte: 0n, endByte: BigInt(text.length), text },
  ]);
  const page = await read();
  expect([saidIn(page), page.is_here, page.next_offset]).toEqual([['far away'], true, text.length]);
  expect((await read(page.next_offset)).parts).toEqual([]);
});

test('R-REVIEW-1: what a check prints is no transcript of an agent, and its lines are one part', async () => {
  const { path, read } = await aSession({ purpose: 'check' });
  await writeFile(path, `ok\n\n${says('not an agent')}${'x\n'.repeat(20_000)}`);
  const { parts } = await read();
  expect(parts.map(({ kind }) => kind)).toEqual(['printed']);
  expect(JSON.stringify(parts)).toMatch(
    /^\[\{"kind":"printed","text":"ok\\n\{.*not an agent.*x\\nx\\nx"\}\]$/,
  );
});
