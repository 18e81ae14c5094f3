// The clocks of the Moose processes of a scratch instance. Node first loads a small program that shows JavaScript a
// moved clock; Moose reads the time of day in no other way. All other clocks stay unchanged: those of the kernel, the
// database, the gateway, agents and checks, and the monotonic clock. The program also hides the load of the machine, of
// which the instance is only a part: Moose takes no work on an overloaded machine, so nothing could be judged there.
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { hasErrorCode } from '../src/stdx/system-error.ts';
import { type Role, roles } from './moose-processes.ts';

export interface Clocks {
  /** The environment of a process with this role. */
  environmentOf(role: Role): Record<string, string>;
  /** Moves the clock of this role's process by this offset, until the next move. */
  move(role: Role, offsetMs: number): Promise<void>;
  /** Whether the process has read its clock since it was moved. */
  hasRead(role: Role): Promise<boolean>;
}

const lookEveryMs = 20;

/** `instanceof` and other ways to create a date still work. */
const programOf = (path: string) => `import { readFileSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import os from 'node:os';
os.loadavg = () => [0, 0, 0];
syncBuiltinESMExports();
const Real = Date;
const now = Real.now.bind(Real);
let [offset, lookedAt] = [0, -Infinity];
function moved() {
  const at = performance.now();
  if (at - lookedAt >= ${lookEveryMs}) {
    lookedAt = at;
    const before = offset;
    try {
      offset = Number(readFileSync(${JSON.stringify(path)}, 'utf8')) || 0;
      if (offset !== before) writeFileSync(${JSON.stringify(`${path}.read`)}, String(offset));
    } catch {}
  }
  return now() + offset;
}
globalThis.Date = new Proxy(Real, {
  apply: () => new Real(moved()).toString(),
  construct: (target, given, made) =>
    Reflect.construct(target, given.length === 0 ? [moved()] : given, made === globalThis.Date ? target : made),
  get: (target, key) => (key === 'now' ? moved : Reflect.get(target, key)),
});
`;

export async function openClocks(root: string): Promise<Clocks> {
  const pathOf = (role: Role) => join(root, `clock-${role}`);
  for (const role of roles) await writeFile(`${pathOf(role)}.mjs`, programOf(pathOf(role)));
  return {
    environmentOf: (role) => ({ NODE_OPTIONS: `--import=${pathToFileURL(`${pathOf(role)}.mjs`).href}` }),
    async move(role, offsetMs) {
      await rm(`${pathOf(role)}.read`, { force: true });
      await writeFile(pathOf(role), String(offsetMs));
    },
    async hasRead(role) {
      try {
        const [wanted, read] = [pathOf(role), `${pathOf(role)}.read`].map((path) => readFile(path, 'utf8'));
        return (await read) === (await wanted);
      } catch (error) {
        if (hasErrorCode(error, 'ENOENT')) return false;
        throw error;
      }
    },
  };
}
