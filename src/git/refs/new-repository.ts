// Repositories that Moose makes for sessions and for clean checkouts: empty, without a template.
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BoundedMap } from '../../stdx/bounded-map.ts';
import { writePassing } from '../../stdx/files/passing-files.ts';
import type { GitCall } from '../run/git-call.ts';
import { runGit } from '../run/run-git.ts';

interface FirstFiles {
  HEAD: string;
  config: string;
}

const keptMax = 64;
/** By folder and format: what git writes depends on the disk and on the user's own settings. */
const kept = new BoundedMap<string, FirstFiles>(keptMax);
/** What git writes, newer ones with the extensions first. Anything else, another program has written, and only there. */
const ownConfig =
  /^(?:\[core\]\n(?:\t(?:repositoryformatversion|filemode|bare|logallrefupdates|ignorecase|precomposeunicode|symlinks) = \w+\n)+|\[extensions\]\n\tobjectformat = sha256\n){1,2}$/;
const ownHead = /^ref: refs\/heads\/[\w./-]+\n$/;

/** In a folder that is there. git makes the first one; the next ones beside it get the same files. */
export async function newRepository(
  path: string,
  { isSha256 }: { isSha256: boolean },
  call: GitCall,
): Promise<void> {
  const key = `${dirname(path)}\0${isSha256}`;
  const known = kept.get(key);
  const made = join(path, '.git');
  if (!known) {
    const format = `--object-format=${isSha256 ? 'sha256' : 'sha1'}`;
    await runGit(path, ['init', '--quiet', '--template=', format, '.'], call);
    const [HEAD, config] = [
      await readFile(join(made, 'HEAD'), 'utf8'),
      await readFile(join(made, 'config'), 'utf8'),
    ];
    if (ownHead.test(HEAD) && ownConfig.test(config)) kept.set(key, { HEAD, config });
    return;
  }
  for (const folder of ['objects/info', 'objects/pack', 'refs/heads', 'refs/tags'])
    await mkdir(join(made, folder), { recursive: true });
  await writePassing(join(made, 'config'), known.config);
  await writePassing(join(made, 'HEAD'), known.HEAD);
}
