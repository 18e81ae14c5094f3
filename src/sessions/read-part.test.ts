import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readPart } from './read-part.ts';

async function written(text: string | Buffer): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'moose-part-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  await writeFile(join(directory, 'stdout.log'), text);
  return directory;
}

async function readAll(directory: string, hasEnded = true): Promise<string[]> {
  const texts: string[] = [];
  for (let offset = 0; ; ) {
    const { text, nextOffset } = await readPart(directory, { stream: 'stdout', offset, hasEnded });
    if (nextOffset === offset) return texts;
    texts.push(text);
    offset = nextOffset;
  }
}

test('all parts together are the whole output, with lines of any length and characters of any size', async () => {
  const text = `${'aé€😀\n'.repeat(30_000)}${'😀'.repeat(40_000)}\nthe end`;
  const parts = await readAll(await written(text));
  expect(parts.join('')).toBe(text);
  expect(parts.length).toBeGreaterThan(4);
  for (const part of parts) expect(Buffer.byteLength(part)).toBeLessThanOrEqual(64 * 1024);
});

test('a line that may still grow is not shown yet', async () => {
  const directory = await written('one\ntwo');
  expect(await readAll(directory, false)).toEqual(['one\n']);
});

test('a read from the middle of a character begins with the next one', async () => {
  const directory = await written('€uro\n');
  expect(await readPart(directory, { stream: 'stdout', offset: 1, hasEnded: true })).toMatchObject({
    text: 'uro\n',
    offset: 3,
  });
});

test('a part beyond the end is empty, and the next one starts at the end', async () => {
  const directory = await written('abc\n');
  expect(await readPart(directory, { stream: 'stdout', offset: 99, hasEnded: true })).toEqual({
    text: '',
    offset: 4,
    nextOffset: 4,
    size: 4,
  });
});

const token = `ghp_${'a1B2'.repeat(9)}`;

test('an offset in the middle of a secret does not reveal it', async () => {
  const text = `before ${token} after\n`;
  const directory = await written(text);
  for (let offset = 0; offset < text.length; offset++) {
    const { text: shown } = await readPart(directory, { stream: 'stdout', offset, hasEnded: true });
    expect(shown).not.toContain(token.slice(-12));
  }
});

test('no line of a private key is shown, wherever reading begins', async () => {
  const body = `${'QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2'}\n`.repeat(20);
  const text = `-----BEGIN RSA PRIVATE KEY-----\n${body}-----END RSA PRIVATE KEY-----\nover\n`;
  const directory = await written(text);
  for (let offset = 0; offset < text.length - 5; offset += 7) {
    const { text: shown } = await readPart(directory, { stream: 'stdout', offset, hasEnded: true });
    expect(shown).not.toContain('QUJDREVGR0hJ');
  }
  const begun = await written(text.slice(0, 400));
  expect(await readAll(begun, false)).toEqual([]);
});

test('R-SEC-4: fear: a secret at the border of two pieces of a long line is shown in two halves', async () => {
  const piece = 64 * 1024;
  for (const at of [piece, piece - 8 * 1024, piece - 8 * 1024 - 600]) {
    for (const cutAt of [1, 8, 20, 39]) {
      const text = `${'x'.repeat(at - cutAt - 1)} ${token} ${'y'.repeat(2 * piece)}\n`;
      const parts = await readAll(await written(text));
      const shown = parts.join('');
      expect(shown.length).toBeGreaterThan(2 * piece);
      expect(shown).not.toContain('ghp_');
      expect(shown).not.toContain('a1B2a1B2');
    }
  }
});
