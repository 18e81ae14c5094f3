import { expect, test } from 'vitest';
import { bytesOf, kilobytes, readSpecFile, specBytesMax } from './read-spec-file.ts';

test('R-SPEC-1: a text file is read and named after the file', async () => {
  const file = new File(['\ufeff# Shop\n'], 'shop.v2.md');
  expect(await readSpecFile(file)).toEqual({ name: 'shop.v2', content: '# Shop\n' });
});

test.each([
  ['too large', new File(['x'.repeat(specBytesMax + 1)], 'big.md'), /is 513 kB. The limit is 512 kB/],
  ['not UTF-8', new File([new Uint8Array([0xff, 0xfe, 0x41, 0x00])], 'w.txt'), /not UTF-8 text/],
  ['not text', new File(['PK\0\0'], 'spec.docx'), /not UTF-8 text/],
])('fear: a file that is %s is sent', async (_, file, problem) => {
  expect(await readSpecFile(file)).toEqual({ problem: expect.stringMatching(problem) });
});

test('fear: a dropped folder is taken for an empty spec', async () => {
  const arrayBuffer = () => Promise.reject(new DOMException('A directory', 'NotFoundError'));
  expect(await readSpecFile({ name: 'docs', size: 4_096, arrayBuffer })).toEqual({
    problem: expect.stringContaining('docs cannot be read'),
  });
});

test('sizes are counted in UTF-8', () => {
  expect(bytesOf('é')).toBe(2);
  expect([kilobytes(10), kilobytes(1_025)]).toEqual(['10 bytes', '2 kB']);
});
