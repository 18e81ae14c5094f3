// Which folders a program needs to read in addition to the system's own: where the tools on its search path are
// installed. A tool's own `bin` folder is shown with the rest of the tool; a `bin` that many tools share, such as
// `~/.local/bin`, is shown alone.

import { lstatSync, readlinkSync, statSync } from 'node:fs';
import { basename, delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import { packageRoot } from '../../stdx/files/own-files.ts';
import { isWithin, realPathOf } from './mount-plan.ts';

/** Folders below a home that contain private things beside their `bin`, such as keys and other people's code. */
const sharedFolders = ['.', '.local', '.cargo', 'go', 'Library'];

/** Folders below a home with installed tools, which links in a `bin` elsewhere point to. */
const toolHomes = [
  '.pyenv',
  '.rbenv',
  '.nodenv',
  '.goenv',
  '.jenv',
  '.asdf',
  '.sdkman',
  '.nvm',
  '.volta',
  '.fnm',
  '.rustup',
  '.ghcup',
  '.elan',
  '.juliaup',
  '.dotnet',
  '.bun',
  '.deno',
  '.local/lib',
  '.local/pipx',
  '.local/share/pipx',
  '.local/share/uv',
  '.local/share/mise',
  '.local/share/fnm',
  '.local/share/pnpm',
  '.local/share/virtualenvs',
];

/**
 * Variables that tell a program where its own installation is. The default is below HOME, which is another folder in a
 * session.
 */
export const toolHomeVariables: Readonly<Record<string, string>> = {
  PYENV_ROOT: '.pyenv',
  RBENV_ROOT: '.rbenv',
  NODENV_ROOT: '.nodenv',
  ASDF_DATA_DIR: '.asdf',
  SDKMAN_DIR: '.sdkman',
  NVM_DIR: '.nvm',
  VOLTA_HOME: '.volta',
  RUSTUP_HOME: '.rustup',
};

/** Variables that contain the path of an installation. */
export const toolFolderVariables: readonly string[] = ['JAVA_HOME', 'GOROOT', 'DOTNET_ROOT'];

/** Variables that contain the path of a tool's folder. */
const folderVariables = [...toolFolderVariables, 'VIRTUAL_ENV', ...Object.keys(toolHomeVariables)];

/** The program is one of the first words, after its interpreter, the interpreter's options, and programs that start it. */
export const programWordsMax = 8;
const linksMax = 8;

/** The folders to show for the tools on the search path. */
export function toolRoots(env: Readonly<Record<string, string>>, userHome: string): string[] {
  const folders = (env.PATH ?? '').split(delimiter).filter(isAbsolute);
  const named = folderVariables.flatMap((name) => (env[name] && isAbsolute(env[name]) ? [env[name]] : []));
  const roots = [dirname(process.execPath), ...folders].flatMap((path) => [
    installation(path, userHome),
    installation(realPathOf(path) ?? path, userHome),
  ]);
  const inHome = toolHomes.map((name) => join(userHome, name));
  return [...roots, ...named, ...inHome].filter((path) => realPathOf(path) !== null);
}

/**
 * The folders to show for the program to run. It is one of the first words, after its interpreter and the interpreter's
 * options.
 */
export function programRoots(argv: readonly string[], userHome: string, cwd: string): string[] {
  return argv
    .slice(0, programWordsMax)
    .filter((word) => isAbsolute(word) && !isWithin(word, cwd) && isFile(word))
    .flatMap((word) => hopsOf(word))
    .flatMap((path) => rootsOfProgram(path, userHome));
}

/** The path, and each path that its symbolic links lead to. */
function hopsOf(path: string): string[] {
  const hops = [path];
  for (let last = path; hops.length < linksMax && lstatSync(last).isSymbolicLink(); ) {
    last = resolve(dirname(last), readlinkSync(last));
    hops.push(last);
  }
  return [...hops, realPathOf(path) ?? path];
}

function rootsOfProgram(path: string, userHome: string): string[] {
  const modules = path.indexOf('/node_modules/');
  if (modules >= 0) return [path.slice(0, modules + '/node_modules'.length)];
  const own = rootsOfOwnProgram(path);
  if (own !== null) return own;
  const root = installation(dirname(path), userHome);
  return root === dirname(path) ? [path] : [root];
}

/** For a program of Moose; null for others. A build contains the packages that it needs. */
export function rootsOfOwnProgram(path: string): string[] | null {
  const [source, build] = ['src', 'dist'].map((name) => join(packageRoot, name)) as [string, string];
  const description = join(packageRoot, 'package.json');
  if (isWithin(path, build)) return [build, description];
  return isWithin(path, source) ? [source, description, join(packageRoot, 'node_modules')] : null;
}

/** The installation that a `bin` folder belongs to: without it, the programs would lack their libraries. */
function installation(folder: string, userHome: string): string {
  const around = dirname(folder);
  const isShared = sharedFolders.some((name) => around === resolve(userHome, name)) || around === '/';
  return ['bin', 'sbin', 'shims', 'libexec'].includes(basename(folder)) && !isShared ? around : folder;
}

function isFile(path: string): boolean {
  return realPathOf(path) !== null && statSync(path).isFile();
}
