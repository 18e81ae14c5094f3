// A git that comes before the real one in the PATH and sometimes fails. It prints and exits like the real git when the
// network, the machine or another git is in its way. It decides within a millisecond, in the shell, and records its own
// faults.
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { InjectedFault } from './fault-plan.ts';

export interface FaultyGit {
  /** The folder to put first into the PATH. */
  directory: string;
  injected(): Promise<InjectedFault[]>;
  calls(): Promise<number>;
  stop(): Promise<void>;
}

/** @param options.share the share of failing calls, from 0 to 1 */
export async function installFaultyGit(
  directory: string,
  { seed, share }: { seed: number; share: number },
): Promise<FaultyGit> {
  const real = (process.env.PATH ?? '')
    .split(delimiter)
    .map((entry) => join(entry, 'git'))
    .find((file) => existsSync(file));
  if (!real) throw new Error('There is no git to be faulty');
  await mkdir(join(directory, 'tickets'), { recursive: true });
  await writeFile(join(directory, 'next'), '1\n');
  await writeFile(join(directory, 'injected'), '');
  const program = join(directory, 'git');
  await writeFile(program, script({ directory, real, seed, percent: Math.round(share * 100) }));
  await chmod(program, 0o755);
  const lines = async (file: string) =>
    (await readFile(join(directory, file), 'utf8')).split('\n').filter(Boolean);
  return {
    directory,
    injected: async () =>
      (await lines('injected')).map((line) => {
        const [id = '', at = '0', ...how] = line.split(' ');
        return { id, at: Number(at), how: how.join(' ') };
      }),
    calls: async () => Number((await lines('next'))[0]) - 1,
    stop: () => writeFile(join(directory, 'off'), ''),
  };
}

/**
 * Each call takes a number; the number and the seed decide whether it fails. The order of the calls depends on the
 * machine.
 */
function script(given: { directory: string; real: string; seed: number; percent: number }): string {
  const { directory, real, seed, percent } = given;
  return `#!/bin/sh
d='${directory}'
[ -e "$d/off" ] && exec ${real} "$@"
set -C
n= tries=0
while [ -z "$n" ] && [ "$tries" -lt 50 ]; do read -r n < "$d/next" || :; tries=$((tries + 1)); done
n=\${n:-1}
until { true > "$d/tickets/$n"; } 2>/dev/null; do n=$((n + 1)); done
echo $((n + 1)) >| "$d/next"
set +C
h=$(( (n * 2654435761 + ${seed} * 40503) & 0x7fffffff ))
h=$(( ((h ^ (h >> 15)) * 2246822519) & 0x7fffffff ))
h=$(( (h ^ (h >> 13)) & 0x7fffffff ))
[ $((h % 100)) -ge ${percent} ] && exec ${real} "$@"
id="injected-fault-git-$n"
way=$((h / 100 % 4))
where=here
# The settings that stand before every command tell nothing.
shown=
for word; do case "$word" in -c|*=*|--no-pager) ;; *) shown="$shown $word";; esac; done
case " $* " in
  *" push "*) where=push;;
  *" fetch "*|*" ls-remote "*) where=there;;
esac
note() { echo "$id $(date +%s%3N) $1: $shown" >> "$d/injected"; }
case "$where $way" in
  "push 0"|"push 1")
    note "answer lost after a push"
    ${real} "$@" > /dev/null 2>&1
    echo "fatal: the remote end hung up unexpectedly ($id)" >&2; exit 128;;
  push*|there*)
    note "no host"
    echo "fatal: unable to access 'https://forge.example/x.git/': Could not resolve host: forge.example ($id)" >&2
    exit 128;;
  "here 0")
    note "locked"
    echo "fatal: Unable to create '$PWD/.git/index.lock': File exists. ($id)" >&2; exit 128;;
  "here 1")
    note "no process left"
    echo "error: cannot fork() for git: Resource temporarily unavailable ($id)" >&2; exit 128;;
  "here 2")
    note "killed before its work"
    echo "$id" >&2; kill -9 $$;;
  *)
    note "killed after its work"
    ${real} "$@" > /dev/null 2>&1
    echo "$id" >&2; kill -9 $$;;
esac
`;
}
