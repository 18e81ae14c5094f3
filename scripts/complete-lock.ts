// Completes package-lock.json after a dependency was changed. npm leaves out the optional packages of other platforms that
// it could not look up, and then `npm ci` refuses the lock everywhere. It adds the Node that each package asks for, and then
// `npm ci` compares that with the Node that runs npm: a hundred false warnings, because the Node in `node_modules` runs the
// packages. `npm run lock` itself runs on that Node, so npm has compared with the right one before this removes it.
import { readFileSync, writeFileSync } from 'node:fs';

interface Locked {
  version?: string;
  dev?: boolean;
  engines?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

interface Lock {
  packages: Record<string, Locked & Record<string, unknown>>;
}

const path = 'package-lock.json';
/** The endings of such packages' names: the system, the processor, and for Linux the C library. */
const platform =
  /-(android|darwin|linux|win32|freebsd|openharmony|openbsd|netbsd|sunos|aix)-(arm64|x64|arm|ia32|ppc64|riscv64|s390x|loong64)-?(gnueabihf|musleabihf|gnu|musl|msvc|eabi)?$/;
/** Packages for a virtual machine, not for a real platform. */
const virtual = /-(wasm32)-wasi$/;

const lock = JSON.parse(readFileSync(path, 'utf8')) as Lock;
const added: string[] = [];
for (const [place, one] of Object.entries(lock.packages)) {
  if (place !== '') delete one.engines;
  for (const [name, version] of Object.entries(one.optionalDependencies ?? {})) {
    const key = `node_modules/${name}`;
    const [, os, cpu = virtual.exec(name)?.[1], abi] = platform.exec(name) ?? [];
    if (lock.packages[key] || lock.packages[`${place}/${key}`] || !cpu || !/^\d/.test(version)) continue;
    lock.packages[key] = {
      version,
      cpu: [cpu],
      ...(one.dev ? { dev: true } : {}),
      ...(os === 'linux' && abi ? { libc: [abi.startsWith('musl') ? 'musl' : 'glibc'] } : {}),
      optional: true,
      ...(os ? { os: [os] } : {}),
    };
    added.push(name);
  }
}
const sorted = Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1));
writeFileSync(path, `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`);
process.stdout.write(`${added.length} optional packages added to ${path}\n`);
