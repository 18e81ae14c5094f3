// Where git-lfs finds the large files of a commit, and puts those of a change: the server that the commit's `.lfsconfig`
// names, else the one beside the project's remote (R-REPO-2). git-lfs reads that file from a person's checkout, which may
// be of another branch, and from no mirror; and a mirror names no remote.
import { isAbsolute } from 'node:path';
import { gitFailures } from '../failure-catalogue.ts';
import { listFolder } from '../read/tree.ts';
import { findRemote } from '../refs/repository.ts';
import { fetchOptions } from '../remote/fetchable-address.ts';
import { redactUrls } from '../remote/redact-url.ts';
import { loginVariables } from '../remote/remote-credentials.ts';
import type { SubmoduleHome } from '../remote/submodule-address.ts';
import type { GitCall } from '../run/git-call.ts';
import { runGit } from '../run/run-git.ts';

export interface LfsPlace {
  /** Options that come before git's subcommand. */
  options: string[];
  /** The login of the server, if Moose has one. */
  env: Readonly<Record<string, string>>;
  /** For `git lfs push`. */
  address: string;
}

export interface LfsHome extends SubmoduleHome {
  /** Hosts with private addresses that a person has set for the project. */
  privateHosts?: readonly string[] | undefined;
}

/**
 * For a checkout of a commit of people, which may fetch: options before the subcommand, and the login. `home` is where the
 * repository comes from.
 */
export async function lfsSource(
  home: LfsHome,
  commit: string,
  call: GitCall,
): Promise<Pick<LfsPlace, 'options' | 'env'>> {
  const { repositoryPath } = home;
  const remoteUrl = home.remoteAddress ?? (await findRemote(repositoryPath, call))?.url;
  if (remoteUrl === undefined) {
    await assertLfsServer(home, commit, call);
    return { options: [], env: {} };
  }
  return lfsPlace(
    repositoryPath,
    commit,
    { remoteUrl, to: 'download', privateHosts: home.privateHosts },
    call,
  );
}

/**
 * For a checkout of a person's own repository, where git-lfs finds the server by itself.
 * @throws LFS_SERVER_UNREACHABLE
 */
export async function assertLfsServer(home: LfsHome, commit: string, call: GitCall): Promise<void> {
  const { repositoryPath, privateHosts } = home;
  const named = await namedServer(repositoryPath, commit, 'download', call);
  if (named === null) return;
  const remoteUrl = home.remoteAddress ?? (await findRemote(repositoryPath, call))?.url ?? null;
  await assertReachable(named, { remoteUrl, privateHosts });
}

/** A server that the base names may be any host, also one that only this machine reaches (R-SEC-6). */
async function assertReachable(
  url: string,
  { remoteUrl, privateHosts = [] }: { remoteUrl: string | null } & Pick<LfsHome, 'privateHosts'>,
): Promise<void> {
  const operation = 'find server of Git LFS';
  if ((await fetchOptions(url, { ownAddress: remoteUrl, privateHosts, operation })) !== null) return;
  const shown = redactUrls(url);
  throw gitFailures.LFS_SERVER_UNREACHABLE({ operation, metadata: { url: shown } }, { url: shown });
}

/** By which keys the commit names the server, the first one that it has. */
const keysFor = { upload: ['lfs.pushurl', 'lfs.url'], download: ['lfs.url'] } as const;

/** @throws LFS_SERVER_UNREACHABLE */
export async function lfsPlace(
  repositoryPath: string,
  commit: string,
  {
    remoteUrl,
    to,
    privateHosts,
  }: { remoteUrl: string; to: keyof typeof keysFor } & Pick<LfsHome, 'privateHosts'>,
  call: GitCall,
): Promise<LfsPlace> {
  const named = await namedServer(repositoryPath, commit, to, call);
  if (named !== null) await assertReachable(named, { remoteUrl, privateHosts });
  const address = named ?? (isAbsolute(remoteUrl) ? `file://${remoteUrl}` : remoteUrl);
  const setting = named === null ? `remote.origin.url=${address}` : `lfs.url=${named}`;
  return { options: ['-c', setting], env: await loginVariables(address, call.signal), address };
}

/** Null if the commit names none. */
async function namedServer(
  repositoryPath: string,
  commit: string,
  to: keyof typeof keysFor,
  call: GitCall,
): Promise<string | null> {
  if (!(await listFolder(repositoryPath, commit, '', call.signal)).includes('.lfsconfig')) return null;
  for (const key of keysFor[to]) {
    const asked = ['config', '--blob', `${commit}:.lfsconfig`, '--get', key];
    // 1: the key is missing. 128: it is no file that git can read.
    const { stdout } = await runGit(repositoryPath, asked, { ...call, okExitCodes: [1, 128] });
    const url = stdout.trim();
    if (url !== '') return url;
  }
  return null;
}
