import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rememberSecrets } from '../domain/secrets/known-secrets.ts';
import { followOutput, type OutputChunk } from './follow-output.ts';
import { readOutput, tail } from './read-output.ts';
import { ScratchSessions } from './scratch-sessions.fixture.ts';
import { watchProcess } from './watch-process.ts';

let scratch: ScratchSessions;
beforeAll(async () => {
  scratch = await ScratchSessions.create();
});
afterAll(() => scratch.clear());

const wallClockMs = 30_000;

test('the end of the output is read within its limit, from the start of a character', async () => {
  const path = join(scratch.path, 'text');
  await writeFile(path, 'ab€𝄞€');
  expect(await tail(path, 100)).toEqual({ text: 'ab€𝄞€', bytes: 12, isCut: false });
  expect(await tail(path, 10)).toEqual({ text: '€𝄞€', bytes: 12, isCut: true });
  for (const bytesMax of [7, 8, 9]) expect((await tail(path, bytesMax)).text).toBe('𝄞€');
  for (const bytesMax of [3, 4, 5, 6]) expect((await tail(path, bytesMax)).text).toBe('€');
  expect(await tail(path, 0)).toEqual({ text: '', bytes: 12, isCut: true });
});

test('bytes that are not text', async () => {
  const path = join(scratch.path, 'bytes');
  await writeFile(path, Buffer.from([0x61, 0xff, 0xfe, 0x80, 0x62, 0xe2]));
  expect((await tail(path, 100)).text).toBe('a\ufffd\ufffd\ufffdb\ufffd');
});

test('the output of a session that has not written yet is empty', async () => {
  const empty = { text: '', bytes: 0, isCut: false };
  expect(await readOutput(join(scratch.path, 'nowhere'))).toEqual({ stdout: empty, stderr: empty });
});

test('both streams of a session', async () => {
  const handle = await scratch.shell('echo out; echo err >&2');
  await watchProcess(handle, { wallClockMs });
  expect(await readOutput(handle)).toMatchObject({ stdout: { text: 'out\n' }, stderr: { text: 'err\n' } });
});

test('a follower splits a character, or loses the end', async () => {
  const directory = join(scratch.path, 'followed');
  await mkdir(directory);
  const path = join(directory, 'stdout.log');
  const sign = Buffer.from('€');
  await writeFile(path, Buffer.concat([Buffer.from('a'), sign.subarray(0, 2)]));
  const chunks: OutputChunk[] = [];
  for await (const chunk of followOutput(directory)) {
    chunks.push(chunk);
    if (chunks.length === 1)
      await appendFile(path, Buffer.concat([sign.subarray(2), Buffer.from([0xf0, 0x9d])]));
    if (chunks.length === 2) {
      const at = new Date().toISOString();
      const exit = { exitCode: 0, signal: null, startedAt: at, endedAt: at };
      await writeFile(join(directory, 'exit.json'), JSON.stringify(exit));
    }
  }
  expect(chunks.map((chunk) => chunk.text)).toEqual(['a', '€', '\ufffd']);
  expect(chunks.map((chunk) => chunk.offsets.stdout)).toEqual([1, 4, 6]);
});

test('a follower of a process that vanished waits forever', async () => {
  const handle = await scratch.start(['yes']);
  let seen = 0;
  for await (const chunk of followOutput(handle.directory)) {
    if (seen === 0) process.kill(-handle.pid, 'SIGKILL');
    seen += chunk.text.length;
  }
  expect(seen).toBe((await readOutput(handle)).stdout.bytes);
});

test('a follower is told to stop', async () => {
  const handle = await scratch.shell('echo first; sleep 60');
  const stop = new AbortController();
  const reason = new Error('enough');
  const follow = async () => {
    for await (const chunk of followOutput(handle.directory, { signal: stop.signal })) {
      expect(chunk.text).toBe('first\n');
      setImmediate(() => stop.abort(reason));
    }
  };
  await expect(follow()).rejects.toBe(reason);
});

test('R-SEC-4: a part of an output contains no secret, not even half of one', async () => {
  const secret = 'planted-7f3a9c21d4e8-0b6d';
  rememberSecrets([{ name: 'SHOP_TOKEN', value: secret }]);
  const directory = join(scratch.path, 'planted');
  await mkdir(directory);
  await writeFile(join(directory, 'stdout.log'), `${'x'.repeat(20_000)}${secret} and ${secret}\n`);
  await writeFile(join(directory, 'stderr.log'), `ghp_${'a1B2'.repeat(9)}\n`);
  for (const bytesMax of [10, 20, 30, 40, 50, 60, 100, 30_000]) {
    const { stdout, stderr } = await readOutput(directory, bytesMax);
    for (let at = 0; at + 6 <= secret.length; at += 1)
      expect(stdout.text).not.toContain(secret.slice(at, at + 6));
    expect(stdout.text.length).toBeLessThanOrEqual(bytesMax);
    expect(stderr.text).not.toContain('a1B2');
  }
  expect((await readOutput(directory, 100)).stdout).toMatchObject({ isCut: true });
});
