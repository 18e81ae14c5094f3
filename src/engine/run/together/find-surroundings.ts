// What judges a project's files without naming them: tests and scripts of the base that may read whole folders.
import { listFiles, readFiles } from '../../../git/read/tree.ts';
import { looksLikeEvidence } from '../../../verification/parts/file-names.ts';
import { reachedFiles } from '../../../verification/parts/reached-files.ts';
import { type Surroundings, surroundings } from '../../../verification/together/likely-conflicts.ts';

const judgingFilesMax = 300;
const fileBytesMax = 256 * 1024;
/** Where the scripts stand that checks run. */
const scripts = /\.(?:sh|bash|[cm]?[jt]s|py|rb|json|ya?ml|toml|mk)$|(?:^|\/)Makefile$/;
const scriptFolders = /^[^/]+$|(?:^|\/)(?:scripts?|tools?|ci|\.ci|hack|build|bin)\//;

export async function findSurroundings(
  repositoryPath: string,
  commit: string,
  commands: readonly string[],
  signal?: AbortSignal,
): Promise<Surroundings> {
  const listed = await listFiles(repositoryPath, commit, signal);
  const small = listed.filter(({ sizeBytes }) => sizeBytes <= fileBytesMax).map(({ path }) => path);
  const judging = small.filter(looksLikeEvidence);
  const followed = small.filter((path) => scripts.test(path) && scriptFolders.test(path));
  const paths = [...new Set([...followed, ...judging])].slice(0, judgingFilesMax);
  const texts = await readFiles(repositoryPath, commit, paths, signal);
  const known = new Set(small);
  const read = (path: string) => texts.get(path) ?? (known.has(path) ? '' : null);
  const reached = new Set(commands.flatMap((command) => [...reachedFiles(command, read)]));
  const isJudging = (path: string) => looksLikeEvidence(path) || reached.has(path);
  const judgingTexts = [...texts].filter(([path]) => isJudging(path)).map(([, text]) => text);
  return surroundings(reached, judgingTexts);
}
