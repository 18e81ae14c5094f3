// Small git repositories for the tests, created with git itself.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const identity = [
  ...['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', '-c', 'init.defaultBranch=main'],
  // Otherwise each commit starts another git.
  ...['-c', 'maintenance.auto=false'],
];

export async function git(cwd: string, ...args: string[]): Promise<string> {
  const { stdout } = await run('git', [...identity, ...args], { cwd });
  return stdout.trim();
}

export const startFiles = { 'greeting.txt': 'Hello\n', 'README.md': '# A repository\n' };

/** A repository with one commit on `main`. */
export async function makeRepository(
  path: string,
  files: Record<string, string> = startFiles,
): Promise<string> {
  await mkdir(path, { recursive: true });
  await git(path, 'init', '--quiet');
  await writeCommit(path, files, 'As it was found');
  return path;
}

export async function commitFiles(
  path: string,
  files: Record<string, string>,
  message: string,
): Promise<string> {
  await writeCommit(path, files, message);
  return git(path, 'rev-parse', 'HEAD');
}

async function writeCommit(path: string, files: Record<string, string>, message: string): Promise<void> {
  await touch(path, files);
  await git(path, 'add', '--all');
  await git(path, 'commit', '--quiet', '-m', message);
}

/** Creates a bare repository beside it, as its origin. */
export async function giveOrigin(path: string): Promise<string> {
  const origin = `${path}-origin.git`;
  await git(dirname(path), 'init', '--quiet', '--bare', origin);
  await git(path, 'remote', 'add', 'origin', origin);
  await git(path, 'push', '--quiet', 'origin', 'main');
  return origin;
}

export async function branches(path: string): Promise<string[]> {
  const lines = await git(path, 'for-each-ref', '--format=%(refname:short)', 'refs/heads');
  return lines === '' ? [] : lines.split('\n');
}

/** The references by which Moose preserves commits. */
export async function preservedRefs(path: string): Promise<string[]> {
  const lines = await git(path, 'for-each-ref', '--format=%(refname)', 'refs/moose/preserved');
  return lines === '' ? [] : lines.split('\n');
}

/** Refuses every push, by a hook as on a server. */
export async function refusePushes(origin: string, why: string): Promise<void> {
  const hook = join(origin, 'hooks', 'pre-receive');
  await mkdir(dirname(hook), { recursive: true });
  await writeFile(hook, `#!/bin/sh\necho "${why}" >&2\nexit 1\n`, { mode: 0o755 });
}

export async function letPushes(origin: string): Promise<void> {
  await rm(join(origin, 'hooks', 'pre-receive'));
}

/** Writes files into a working tree. */
export async function touch(path: string, files: Record<string, string>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(path, name)), { recursive: true });
    await writeFile(join(path, name), content);
  }
}

/** An overloaded server: git reports that it cannot be reached. */
export async function startRemoteWithoutAnswers() {
  let asked = 0;
  const server = createServer((request, response) => {
    if (request.url?.includes('service=git-')) asked += 1;
    response.writeHead(503).end();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/origin.git`,
    asked: () => asked,
    stop: async () => {
      server.closeAllConnections();
      await promisify(server.close.bind(server))();
    },
  };
}
