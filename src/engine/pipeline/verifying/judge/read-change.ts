// What a change consists of, as the judgement needs it: texts before and after, and the tests around it (R-GREEN-2).
import { listFiles, readFiles, type TreeFile } from '../../../../git/read/tree.ts';
import type { ChangedFile } from '../../../../verification/changed-file.ts';
import { isMixed, judgingKind, reachedFiles } from '../../../../verification/judging-files.ts';
import { selectsTests, writesNodeTests } from '../../../../verification/silent-files.ts';
import { changedFiles, fileBytesMax } from '../../../run/together/changed-files.ts';
import type { Work } from '../../../run/work.ts';

const filesMax = 2_000;
const testFilesMax = 300;

export interface ReadChange {
  files: readonly ChangedFile[];
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
  const forCommands = followed.filter(isReadForCommands).slice(0, filesMax);
  const testsOfBase = testsAmong(ofBase);
  const asked = [...new Set([...forCommands, ...testsOfBase])];
  const texts = await readFiles(repositoryPath, baseSha, asked, signal);
  const testsOfHead = testsAmong(await listFiles(repositoryPath, headSha, signal));
  const after = await readFiles(repositoryPath, headSha, testsOfHead, signal);
  const known = new Set(followed);
  const textOf = (path: string) => texts.get(path) ?? (known.has(path) ? '' : null);
  const reached = new Set(commands.flatMap((command) => [...reachedFiles(command, textOf)]));
  const before = testsOfBase.flatMap((path) => texts.get(path) ?? []);
  const isSelected = selectsTests([...commands, texts.get('package.json')].join('\n'));
  return {
    files,
    reached,
    testTexts: [...new Set([...before, ...after.values()])],
    nodeTestFiles: isSelected
      ? []
      : [...after].filter(([, text]) => writesNodeTests(text)).map(([path]) => path),
  };
}

/** Values of tests are looked for in them. */
function testsAmong(listed: readonly TreeFile[]): string[] {
  const tests = listed.filter(
    ({ path, sizeBytes }) => sizeBytes <= fileBytesMax / 4 && judgingKind(path) === 'test',
  );
  return tests.slice(0, testFilesMax).map(({ path }) => path);
}

/** Where commands and settings stand. */
function isReadForCommands(path: string): boolean {
  return (
    judgingKind(path) !== null ||
    isMixed(path) ||
    /\.(?:sh|bash|json|ya?ml|toml|ini|cfg|mk|cjs|mjs)$|(?:^|\/)(?:scripts?|tools?|ci|bin)\//.test(path)
  );
}
