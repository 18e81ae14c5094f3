// Fear: a large file is uploaded to a server where nobody looks for it, or is not fetched from where it is (R-REPO-2).
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { gitServer } from '../git-server.fixture.ts';
import { syncMirror } from '../remote/mirror.ts';
import { gitIn, scratchDirectory, writeFiles } from '../scratch-repository.fixture.ts';
import { branch, trailers } from '../scratch-worktree.fixture.ts';
import { makeScratchCheckout } from '../worktree/scratch-checkout.ts';
import { ensureWorktree } from '../worktree/worktree.ts';
import { commitAll } from './commit.ts';
import { uploadLargeFiles } from './large-files.ts';
import { type LfsServer, lfsServer } from './lfs-server.fixture.ts';

const hasLfs = (() => {
  try {
    execFileSync('git', ['lfs', 'version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

function lfsOfUser(): void {
  const file = join(scratchDirectory(), 'gitconfig');
  writeFileSync(file, '');
  const settings = {
    'filter.lfs.clean': 'git-lfs clean -- %f',
    'filter.lfs.smudge': 'git-lfs smudge -- %f',
    'filter.lfs.process': 'git-lfs filter-process',
    'filter.lfs.required': 'true',
  };
  for (const [key, value] of Object.entries(settings)) gitIn('/', 'config', '--file', file, key, value);
  vi.stubEnv('GIT_CONFIG_GLOBAL', file);
  vi.stubEnv('GIT_CONFIG_NOSYSTEM', '1');
}

const oidOf = (content: string) => createHash('sha256').update(content).digest('hex');
const pointerOf = (content: string) =>
  `version https://git-lfs.github.com/spec/v1\noid sha256:${oidOf(content)}\nsize ${content.length}\n`;
const attributes = { '.gitattributes': '*.bin filter=lfs diff=lfs merge=lfs -text\n' };

type Kind = 'local' | 'mirror';

/** A clone or a mirror of a remote whose file `old.bin` is at a server of Git LFS. */
async function ground(kind: Kind, configOf: (lfs: LfsServer) => Record<string, string>) {
  lfsOfUser();
  const lfs = await lfsServer();
  lfs.files.set(oidOf('old'), Buffer.from('old'));
  const remote = await gitServer({ ...attributes, ...configOf(lfs), 'old.bin': pointerOf('old') });
  // As a forge does it that has a server of Git LFS.
  remote.answer = (request, response) => {
    if (request.url?.startsWith('/api.git/info/lfs')) lfs.answer(request, response);
    else remote.serve(request, response);
  };
  const repositoryPath = join(scratchDirectory(), 'local');
  const remoteAddress = kind === 'mirror' ? remote.url : null;
  if (kind === 'mirror') await syncMirror({ path: repositoryPath, address: remote.url });
  else {
    gitIn('/', 'clone', '--quiet', remote.path, repositoryPath);
    gitIn(repositoryPath, 'remote', 'set-url', 'origin', remote.url);
  }
  const baseSha = remote.git('rev-parse', 'main');
  const worktreePath = join(scratchDirectory(), 'ab12');
  const place = { repositoryPath, worktreePath, branch };
  const askedBeside = () => remote.requests.filter((each) => each.includes('/info/lfs/'));
  return { lfs, remote, place, baseSha, remoteAddress, askedBeside };
}

type Ground = Awaited<ReturnType<typeof ground>>;

async function addFile({ place, baseSha, remoteAddress, remote }: Ground, content: string): Promise<void> {
  await ensureWorktree({ ...place, baseSha, remoteAddress });
  expect(readFileSync(join(place.worktreePath, 'old.bin'), 'utf8')).toBe('old');
  writeFiles(place.worktreePath, { 'new.bin': content });
  const request = { ...place, expectedParent: baseSha, message: 'Add', trailers };
  const to = (await commitAll(request))?.sha ?? expect.unreachable();
  const upload = { repositoryPath: place.repositoryPath, remoteUrl: remote.url, from: baseSha, to };
  expect(await uploadLargeFiles(upload)).toBe(1);
}

const named = ({ url }: LfsServer) => ({ '.lfsconfig': `[lfs]\n\turl = ${url}\n` });
const kinds: readonly Kind[] = ['local', 'mirror'];

test.runIf(hasLfs).each(kinds)(
  'R-REPO-2: large files come from and go to the server that .lfsconfig names (%s)',
  async (kind) => {
    const on = await ground(kind, named);
    // The checkout of a person may be of another branch: what the base names counts.
    if (kind === 'local')
      writeFiles(on.place.repositoryPath, { '.lfsconfig': '[lfs]\n\turl = http://127.0.0.1:1\n' });
    await addFile(on, 'new');
    expect(on.lfs.files.get(oidOf('new'))?.toString()).toBe('new');
    expect(on.askedBeside()).toEqual([]);
  },
);

test.runIf(hasLfs).each(kinds)(
  'R-REPO-2: large files come from and go to the remote if nothing else is named (%s)',
  async (kind) => {
    const on = await ground(kind, () => ({}));
    await addFile(on, 'new');
    expect(on.lfs.files.get(oidOf('new'))?.toString()).toBe('new');
    expect(on.askedBeside()).not.toEqual([]);
  },
);

test.runIf(hasLfs).each(kinds)(
  'R-REPO-2: a checkout of the base has its large files, and does not fetch them twice (%s)',
  async (kind) => {
    const { place, baseSha: sha, remoteAddress, lfs } = await ground(kind, named);
    const { repositoryPath } = place;
    for (const mayFetchLfs of [true, false]) {
      const path = join(scratchDirectory(), 'checkout');
      await makeScratchCheckout({ repositoryPath, path, sha, mayFetchLfs, remoteAddress });
      expect(readFileSync(join(path, 'old.bin'), 'utf8')).toBe('old');
    }
    expect(lfs.requests.filter((each) => each.startsWith('GET'))).toHaveLength(1);
  },
);

test.runIf(hasLfs)('R-REPO-2: .lfsconfig may name another place for uploads, also a folder', async () => {
  const folder = join(scratchDirectory(), 'files.git');
  gitIn('/', 'init', '--quiet', '--bare', folder);
  const on = await ground('mirror', ({ url }) => ({
    '.lfsconfig': `[lfs]\n\turl = ${url}\n\tpushurl = file://${folder}\n`,
  }));
  await addFile(on, 'new');
  const oid = oidOf('new');
  expect(existsSync(join(folder, 'lfs/objects', oid.slice(0, 2), oid.slice(2, 4), oid))).toBe(true);
  expect(on.lfs.files.has(oid)).toBe(false);
});

test.runIf(hasLfs).each(kinds)(
  'R-SEC-6: fear: .lfsconfig of the base names a host that only this machine reaches, and Moose asks it (%s)',
  async (kind) => {
    const on = await ground(kind, ({ url }) => ({
      '.lfsconfig': `[lfs]\n\turl = ${url.replace('127.0.0.1', 'localhost')}\n`,
    }));
    const { place, baseSha, remoteAddress, lfs } = on;
    const { repositoryPath } = place;
    const path = join(scratchDirectory(), 'checkout');
    const refused = { code: 'LFS_SERVER_UNREACHABLE', category: 'configuration' };
    await expect(ensureWorktree({ ...place, baseSha, remoteAddress })).rejects.toMatchObject(refused);
    const checkout = { repositoryPath, path, sha: baseSha, mayFetchLfs: true, remoteAddress };
    await expect(makeScratchCheckout(checkout)).rejects.toMatchObject(refused);
    expect(lfs.requests).toEqual([]);
    // A person has set the host for the project.
    await makeScratchCheckout({ ...checkout, privateHosts: ['localhost'] });
    expect(readFileSync(join(path, 'old.bin'), 'utf8')).toBe('old');
  },
);

test.runIf(hasLfs)(
  'R-SEC-6: fear: large files of a change are sent to a host that only this machine reaches',
  async () => {
    const on = await ground('mirror', ({ url }) => ({
      '.lfsconfig': `[lfs]\n\turl = ${url}\n\tpushurl = ${url.replace('127.0.0.1', 'localhost')}\n`,
    }));
    await expect(addFile(on, 'new')).rejects.toMatchObject({ code: 'LFS_SERVER_UNREACHABLE' });
    expect(on.lfs.files.has(oidOf('new'))).toBe(false);
  },
);
