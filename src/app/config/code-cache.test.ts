import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

function makeCacheDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'moose-code-cache-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

const modulePath = join(import.meta.dirname, 'code-cache.ts');
const program = `
  import { getCompileCacheDir } from 'node:module';
  import { keepCompiledCode } from ${JSON.stringify(modulePath)};
  await keepCompiledCode();
  process.stdout.write(getCompileCacheDir() ?? 'none');
`;

/**
 * Runs in a separate process, because a process can use only one cache directory; returns the directory in use, or
 * 'none'.
 */
function keepIn(cacheDirectory: string): string {
  return execFileSync(process.execPath, ['--input-type=module', '-e', program], {
    // Node keeps no compiled code while it measures coverage.
    env: { HOME: cacheDirectory, XDG_CACHE_HOME: cacheDirectory, NODE_V8_COVERAGE: '' },
    encoding: 'utf8',
  });
}

test('compiled code is kept for this user alone', () => {
  const directory = makeCacheDirectory();
  expect(keepIn(directory)).toContain(join(directory, 'moose', 'code'));
  expect(statSync(join(directory, 'moose', 'code')).mode & 0o777).toBe(0o700);
  const linked = join(makeCacheDirectory(), 'link');
  symlinkSync(directory, linked);
  expect(keepIn(linked)).toContain(join(directory, 'moose', 'code'));
});

test('fear: somebody else puts code into the cache, and Moose runs it', () => {
  const open = makeCacheDirectory();
  chmodSync(open, 0o777);
  expect(keepIn(open)).toBe('none');
  const group = makeCacheDirectory();
  mkdirSync(join(group, 'moose', 'code'), { recursive: true });
  chmodSync(join(group, 'moose'), 0o770);
  expect(keepIn(group)).toBe('none');
});

test.runIf(process.getuid?.() === 0)("fear: root runs code from a user's home", () => {
  const directory = makeCacheDirectory();
  chownSync(directory, 65_534, 65_534);
  expect(keepIn(directory)).toBe('none');
});

test('without a home for the cache, Moose still starts', () => {
  expect(keepIn('/proc/nope')).toBe('none');
});
