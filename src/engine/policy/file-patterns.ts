// Which ignored files of a checkout are copied into worktrees: patterns as in `.gitignore`, from a person's
// setting for the project, or else from the base commit, never from a change (R-PROJ-3).

import { configPath } from '../../config-file/invalid-config.ts';
import type { ConfigurationError } from '../../domain/failure.ts';
import type { ProjectSettings } from '../../domain/project-settings/project-settings.ts';
import { listFiles, listFolder, readFiles } from '../../git/read/tree.ts';
import { configAt } from './config-at.ts';
import { policyFailures } from './failure-catalogue.ts';

export interface FilePatterns {
  /** In git's pattern syntax. */
  text: string;
  source: 'project' | 'file';
  /** Who named the files, in words for people. */
  namedBy: string;
}

/** Other tools read this file too. */
export const includePath = '.worktreeinclude';
const includeBytesMax = 64 * 1024;

/** Null: no file is named. @throws WORKTREEINCLUDE_INVALID, PROJECT_CONFIG_INVALID */
export async function filePatternsAt(
  repositoryPath: string,
  commit: string,
  project: ProjectSettings,
  signal?: AbortSignal,
): Promise<FilePatterns | null> {
  if (project.files !== undefined)
    return patternsOf([project.files.join('\n')], 'project', "the project's setting");
  const ofConfig = (await configAt(repositoryPath, commit, signal))?.files ?? [];
  const ofInclude = await includeAt(repositoryPath, commit, signal);
  const names = [
    ...(ofInclude.trim() === '' ? [] : [includePath]),
    ...(ofConfig.length > 0 ? [configPath] : []),
  ];
  return patternsOf([ofInclude, ofConfig.join('\n')], 'file', names.join(' and '));
}

function patternsOf(
  texts: readonly string[],
  source: FilePatterns['source'],
  namedBy: string,
): FilePatterns | null {
  const text = texts.filter((each) => each.trim() !== '').join('\n');
  return text === '' ? null : { text: `${text}\n`, source, namedBy };
}

async function includeAt(repositoryPath: string, commit: string, signal?: AbortSignal): Promise<string> {
  const files = await listFiles(repositoryPath, commit, signal);
  const file = files.find(({ path }) => path === includePath);
  if (file === undefined) {
    const isOther = (await listFolder(repositoryPath, commit, '', signal)).includes(includePath);
    if (isOther) throw invalidInclude('is a symbolic link or a folder, and must be a file');
    return '';
  }
  if (file.sizeBytes > includeBytesMax)
    throw invalidInclude(`has ${file.sizeBytes} bytes; the limit is ${includeBytesMax}`);
  const text = (await readFiles(repositoryPath, commit, [includePath], signal)).get(includePath);
  if (text === undefined) throw invalidInclude('is not UTF-8 text');
  return text;
}

function invalidInclude(fault: string): ConfigurationError {
  return policyFailures.WORKTREEINCLUDE_INVALID('read files', { fault });
}
