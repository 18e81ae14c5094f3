// What a change consists of, as the judgement needs it: texts before and after, and the tests around it (R-GREEN-2).
import { listFiles, readFiles } from '../../../../git/read/tree.ts';
import type { ChangedFile } from '../../../../verification/changed-file.ts';
import { isMixed, judgingKind, reachedFiles } from '../../../../verification/judging-files.ts';
import { selectsTests, writesNodeTests } from '../../../../verification/silent-files.ts';
import { changedFiles, fileBytesMax } from '../../../run/together/changed-files.ts';
import type { Work } from '../../../run/work.ts';

const filesMax = 2_000;
const testFilesMax = 300;

export interface ReadChange {
  files: ChangedFile[];
  /** Files that the commands reach beyond the table. */
  reached: ReadonlySet<string>;
  testTexts: string[];
  /** Files of the change in which tests of node:test are written; none if the base's command selects some by name. */
  nodeTestFiles: string[];
}

export async function readChange(
  { project: { repositoryPath }, signal }: Pick<Work, 'project' | 'signal'>,
  { baseSha, headSha }: { baseSha: string; headSha: string },
  commands: readonly string[],
): Promise<ReadChange> {
  const files = await changedFiles({ repositoryPath, baseSha, headSha, signal });
  const ofBase = await listFiles(repositoryPath, baseSha, signal);
  const followed = ofBase.filter(({ sizeBytes }) => sizeBytes <= 64 * 1024).map(({ path }) => path);
  const texts = await readFiles(
    repositoryPath,
    baseSha,
    followed.filter(isReadForCommands).slice(0, filesMax),
    signal,
  );
  const known = new Set(followed);
  const reached = new Set<string>();
  for (const command of commands)
    for (const path of reachedFiles(command, (each) => texts.get(each) ?? (known.has(each) ? '' : null)))
      reached.add(path);
  const read = await readTests(repositoryPath, { baseSha, headSha }, signal);
  const isSelected = selectsTests([...commands, texts.get('package.json')].join('\n'));
  return { files, reached, ...read, nodeTestFiles: isSelected ? [] : read.nodeTestFiles };
}

/** Where commands and settings stand. */
function isReadForCommands(path: string): boolean {
  return (
    judgingKind(path) !== null ||
    isMixed(path) ||
    /\.(?:sh|bash|json|ya?ml|toml|ini|cfg|mk|cjs|mjs)$|(?:^|\/)(?:scripts?|tools?|ci|bin)\//.test(path)
  );
}

/** The tests of both sides: values of tests are looked for in them. */
async function readTests(
  repositoryPath: string,
  { baseSha, headSha }: { baseSha: string; headSha: string },
  signal: AbortSignal,
): Promise<Pick<ReadChange, 'testTexts' | 'nodeTestFiles'>> {
  const texts = new Set<string>();
  const nodeTestFiles: string[] = [];
  for (const commit of [baseSha, headSha]) {
    const listed = await listFiles(repositoryPath, commit, signal);
    const paths = listed
      .filter(({ path, sizeBytes }) => sizeBytes <= fileBytesMax / 4 && judgingKind(path) === 'test')
      .map(({ path }) => path);
    const found = await readFiles(repositoryPath, commit, paths.slice(0, testFilesMax), signal);
    for (const [path, text] of found) {
      texts.add(text);
      if (commit === headSha && writesNodeTests(text)) nodeTestFiles.push(path);
    }
  }
  return { testTexts: [...texts], nodeTestFiles };
}
