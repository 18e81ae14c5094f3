import { expect, test } from 'vitest';
import { platformOf, platforms, refusePlatform } from './platform.ts';

const linux = { platform: 'linux', arch: 'x64', hasMusl: false };

test.for([
  [linux, 'Linux with glibc, x64', 'tested'],
  [{ ...linux, arch: 'arm64' }, 'Linux with glibc, arm64', 'tested'],
  [{ ...linux, arch: 'riscv64' }, 'Linux with glibc, other processors', 'untested'],
  [{ ...linux, hasMusl: true }, 'Linux with musl (Alpine)', 'refused'],
  [{ ...linux, platform: 'darwin', arch: 'arm64' }, 'macOS', 'refused'],
  [{ ...linux, platform: 'win32' }, 'Windows', 'refused'],
  [{ ...linux, platform: 'freebsd' }, 'systems other than Linux', 'refused'],
] as const)('R-MACHINE-2: %j is %s, and %s', ([machine, name, state]) => {
  expect(platformOf(machine)).toMatchObject({ name, state });
});

test('R-MACHINE-2: a machine that is refused is told why, and what to do, in one line', () => {
  for (const platform of Object.values(platforms)) {
    if (platform.state !== 'refused') refusePlatform(platform);
    else
      expect(() => refusePlatform(platform)).toThrow(
        expect.objectContaining({
          code: 'PLATFORM_REFUSED',
          message: `Moose does not run on ${platform.name}: ${platform.because}.`,
          advice: expect.stringContaining('MOOSE_URL'),
        }),
      );
  }
});

test('this machine is one on which Moose runs', () => {
  expect(() => refusePlatform()).not.toThrow();
});
