// The machines on which Moose runs: tested, untested or refused, each with its reason in one line (R-MACHINE-2).
import { readFileSync } from 'node:fs';
import { appFailures } from '../failure-catalogue.ts';

export interface Platform {
  name: string;
  state: 'tested' | 'untested' | 'refused';
  /** What was tested, or why it was not, or why it is refused. */
  because: string;
}

const inContainer = 'Use a Linux container: `.devcontainer` in the repository of Moose starts one.';

export const platforms = {
  x64: { name: 'Linux with glibc, x64', state: 'tested', because: 'all tests' },
  arm64: {
    name: 'Linux with glibc, arm64',
    state: 'tested',
    because: 'the package and its demo, on an emulated processor',
  },
  otherProcessor: {
    name: 'Linux with glibc, other processors',
    state: 'untested',
    because: 'it needs a PostgreSQL of your own: set MOOSE_DATABASE_URL',
  },
  musl: {
    name: 'Linux with musl (Alpine)',
    state: 'refused',
    because: 'the PostgreSQL that comes with Moose needs glibc',
  },
  macos: {
    name: 'macOS',
    state: 'refused',
    because: 'Moose finds and ends processes by the /proc of Linux',
  },
  windows: {
    name: 'Windows',
    state: 'refused',
    because: 'Moose needs the processes, sockets and namespaces of Linux; WSL 2 is Linux, and untested',
  },
  other: { name: 'systems other than Linux', state: 'refused', because: 'Moose needs the /proc of Linux' },
} as const satisfies Readonly<Record<string, Platform>>;

export interface Machine {
  platform: string;
  arch: string;
  /** True if this process runs with musl instead of glibc. */
  hasMusl: boolean;
}

export function platformOf({ platform, arch, hasMusl }: Machine): Platform {
  if (platform === 'darwin') return platforms.macos;
  if (platform === 'win32') return platforms.windows;
  if (platform !== 'linux') return platforms.other;
  if (hasMusl) return platforms.musl;
  if (arch === 'x64' || arch === 'arm64') return platforms[arch];
  return platforms.otherProcessor;
}

export function ownPlatform(): Platform {
  return platformOf({ platform: process.platform, arch: process.arch, hasMusl: hasMusl() });
}

export const refusedAdvice = `${inContainer} With MOOSE_URL and MOOSE_TOKEN, commands work here with a Moose on another machine.`;

/** @throws MooseError PLATFORM_REFUSED */
export function refusePlatform(platform: Platform = ownPlatform()): void {
  const { name, state, because } = platform;
  if (state === 'refused')
    throw appFailures.PLATFORM_REFUSED('start', { name, because, advice: refusedAdvice });
}

/** The loader of this process says it; a system can have both. */
function hasMusl(): boolean {
  return process.platform === 'linux' && /\/ld-musl-[^/\n]*$/m.test(readFileSync('/proc/self/maps', 'utf8'));
}
