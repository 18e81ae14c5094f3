import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import type { TranscriptPart } from '../../domain/agents/transcript-part.ts';
import { TranscriptLines } from './transcript-lines.ts';

function printed(...parts: TranscriptPart[]): string[] {
  const lines = new TranscriptLines();
  return [...parts.flatMap((part) => lines.add(part)), ...lines.end()].map(stripVTControlCharacters);
}

const turn = (id: string): TranscriptPart => ({ kind: 'turn', id, input: 1_234, output: 56 });
const said = (text: string, piece = false): TranscriptPart => ({ kind: 'said', text, piece });
const run = (id: string, title: string): TranscriptPart => ({
  kind: 'call',
  id,
  tool: 'run',
  title,
  change: null,
});
const answer = (id: string, exit: number, text: string): TranscriptPart => ({
  kind: 'answer',
  id,
  text,
  exit,
  failed: exit !== 0,
});

test('R-REVIEW-1: turns, what is said, commands with their exit code, and the end of what a failed one printed', () => {
  const output = Array.from({ length: 30 }, (_, index) => `line ${index}`).join('\n');
  const edit: TranscriptPart = { kind: 'call', id: 'c3', tool: 'edit', title: 'edit a.js', change: '-b\n+c' };
  expect(
    printed(
      turn('m1'),
      said('I test.'),
      run('c1', '$ npm test'),
      answer('c1', 1, output),
      turn('m2'),
      edit,
      run('c2', '$ ls'),
      answer('c2', 0, 'a.js'),
    ),
  ).toEqual([
    'turn 1 · 1,234 tokens in, 56 out',
    'I test.',
    '$ npm test',
    '  exit code 1, the end of 30 lines',
    ...Array.from({ length: 12 }, (_, index) => `  line ${index + 18}`),
    'turn 2 · 1,234 tokens in, 56 out',
    'edit a.js',
    '  -b',
    '  +c',
    '$ ls',
    '  exit code 0, 1 line',
  ]);
});

test('R-REVIEW-1: pieces are printed as lines, and the last one also if it does not end', () => {
  expect(
    printed(
      said('I ', true),
      said('look.\nThen', true),
      said(' I write', true),
      run('c1', '$ ls'),
      said('Done', true),
    ),
  ).toEqual(['turn 1', 'I look.', 'Then I write', '$ ls', 'Done']);
});
