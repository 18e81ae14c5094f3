import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { probeDisk } from './probe-disk.ts';

test('a disk that takes writes is writable, and nothing of the probe stays', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'moose-probe-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  expect(await Promise.all([probeDisk(folder, 10_000), probeDisk(folder, 10_000)])).toEqual([
    'writable',
    'writable',
  ]);
  expect(readdirSync(folder)).toEqual([]);
});

test('a disk that cannot be used is failing', async () => {
  expect(await probeDisk(join(tmpdir(), 'moose-not-there'), 10_000)).toBe('failing');
});

test.runIf(canMount())('a disk says whether it is read-only, or has no room for one more file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'moose-probe-'));
  // Only root mounts one.
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m,nr_inodes=3', 'moose-test', folder]);
  onTestFinished(() => {
    execFileSync('umount', [folder]);
    rmSync(folder, { recursive: true });
  });
  expect(await probeDisk(folder, 10_000)).toBe('writable');
  writeFileSync(join(folder, 'one'), '');
  writeFileSync(join(folder, 'two'), '');
  expect(await probeDisk(folder, 10_000)).toBe('full');
  execFileSync('mount', ['-o', 'remount,ro', folder]);
  expect(await probeDisk(folder, 10_000)).toBe('read_only');
});

function canMount(): boolean {
  if (process.getuid?.() !== 0) return false;
  const script = 'd=$(mktemp -d) && mount -t tmpfs none "$d" && umount "$d"; s=$?; rmdir "$d"; exit $s';
  return spawnSync('sh', ['-c', script]).status === 0;
}

test('a disk that does not answer in time is silent', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'moose-probe-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  expect(await probeDisk(folder, 0)).toBe('silent');
  expect(await probeDisk(folder, 10_000)).toBe('writable');
});
