// For tests: a container engine as a program of its own, which answers as podman does. A real one needs root's own
// network or a user namespace, which not every machine gives.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

const program = `#!/bin/sh
# Asked for a container's name or id, it notes what was asked.
echo "$*" >> "$ENGINE/asked"
say() { echo "Error: $1" >&2; exit 125; }
refuse() { [ ! -e "$ENGINE/refuses-$1" ] || say "$(cat "$ENGINE/refuses-$1")"; }
case "$1" in
  info) refuse info; echo '5.4.2|true' ;;
  pull) refuse pull ;;
  image) refuse inspect; cat "$ENGINE/image.json" ;;
  create) refuse create; echo container ;;
  export) refuse export; [ ! -e "$ENGINE/hangs" ] || sleep 60; [ ! -e "$ENGINE/broken" ] || { echo broken; exit 0; }; tar -c -C "$ENGINE/files" . ;;
  ps) refuse ps; cat "$ENGINE/left" ;;
esac
`;

/** Requests of the scripted engine that can be refused. */
export type Refusable = 'info' | 'pull' | 'inspect' | 'create' | 'export' | 'ps';

export function scriptedEngine() {
  const folder = mkdtempSync(join(tmpdir(), 'moose-engine-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const write = (name: string, content: string) => writeFileSync(join(folder, name), content);
  for (const name of ['bin', 'files/etc', 'data']) mkdirSync(join(folder, name), { recursive: true });
  write('bin/podman', program);
  chmodSync(join(folder, 'bin/podman'), 0o755);
  write('files/etc/os-release', 'ID=scripted\n');
  write('left', '');
  write(
    'image.json',
    JSON.stringify([
      { Id: 'c'.repeat(64), Config: { Env: ['PATH=/usr/bin', 'no-name=1'] }, RepoDigests: null, Size: 1_000 },
    ]),
  );
  return {
    folder,
    dataDirectory: join(folder, 'data'),
    env: { PATH: `${join(folder, 'bin')}:/usr/bin:/bin`, ENGINE: folder },
    write,
    refuse: (what: Refusable, words: string) => write(`refuses-${what}`, words),
  };
}
