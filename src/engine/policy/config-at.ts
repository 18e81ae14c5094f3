// Reads the settings that a repository keeps in `.moose/config.yml` from a commit: the base, never a change (R-PROJ-2).
import type { ProjectConfig } from '../../config-file/config-schema.ts';
import { configBytesMax, configPath, invalidConfig } from '../../config-file/invalid-config.ts';
import { listFiles, listFolder, readFiles } from '../../git/read/tree.ts';

/** Names that Moose does not read, but that people may choose by mistake. */
const misnamed = ['.moose/config.yaml', '.moose.yml', '.moose.yaml', 'moose.yml', '.moose/config.json'];

/** Null if the commit has no such file. @throws ConfigurationError `PROJECT_CONFIG_INVALID` */
export async function configAt(
  repositoryPath: string,
  commit: string,
  signal?: AbortSignal,
): Promise<ProjectConfig | null> {
  const files = await listFiles(repositoryPath, commit, signal);
  const file = files.find(({ path }) => path === configPath);
  if (file === undefined) {
    const other = files.find(({ path }) => misnamed.includes(path));
    if (other) throw invalidConfig(`the repository has ${other.path} instead, which Moose does not read`);
    if ((await listFolder(repositoryPath, commit, '.moose', signal)).includes(configPath))
      throw invalidConfig('it is a symbolic link or a folder, and must be a file');
    return null;
  }
  if (file.sizeBytes > configBytesMax)
    throw invalidConfig(`it has ${file.sizeBytes} bytes; the limit is ${configBytesMax}`);
  const text = (await readFiles(repositoryPath, commit, [configPath], signal)).get(configPath);
  if (text === undefined) throw invalidConfig('it is not UTF-8 text');
  // The parser takes time to load, and only few commands need it.
  const { readConfig } = await import('../../config-file/read-config.ts');
  return readConfig(text);
}

/** For messages: names the file that contains a setting. */
export function fileOn(branch: string | null): string {
  return `${configPath} on ${branch ?? 'the commit that is checked out'}`;
}
