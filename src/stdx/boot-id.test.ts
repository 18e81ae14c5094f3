import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { memoryOf, readBootId } from './boot-id.ts';

test.skipIf(process.platform !== 'linux')(
  'R-PIPE-6: the memory of a disk is that of this boot, and of its errors so far',
  () => {
    expect(readBootId()).toMatch(/^[0-9a-f-]{36}$/);
    expect(memoryOf(tmpdir())).toMatch(/^[0-9a-f-]{36} \d+$/);
    expect(memoryOf(tmpdir())).toBe(memoryOf(tmpdir()));
    // File systems that count no errors, in memory and of the kernel.
    for (const path of ['/proc', '/dev/shm']) expect(memoryOf(path)).toBe(`${readBootId()} 0`);
  },
);
