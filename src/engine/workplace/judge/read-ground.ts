// What a change is judged on: its files with their texts, and the sources, scripts and settings of its base (R-GREEN-2).
// Whatever is too large or is no text is named: what was not examined is not verified (R-GREEN-14).
import { diffFiles } from '../../../git/read/patch.ts';
import { listFiles, readFiles, type TreeFile } from '../../../git/read/tree.ts';
import type { ChangedFile } from '../../../verification/changed-file.ts';
import type { Ground } from '../../../verification/parts/sort-change.ts';
import { sourcesOf } from '../../../verification/parts/sources.ts';
import { languageOf } from '../../../verification/syntax/languages.ts';
import { sourceCharsMax } from '../../../verification/syntax/parse-source.ts';

export interface GroundRange {
  repositoryPath: string;
  baseSha: string;
  headSha: string;
  commands: readonly string[];
}

export interface ReadGround {
  ground: Ground;
  /** What could not be read, for people. */
  unread: string[];
}

const filesMax = 20_000;
/** Of the base, the sources and settings nearest to the change. */
const baseFilesMax = 8_000;
const baseFileBytesMax = 256 * 1024;
const baseBytesMax = 64 * 1024 ** 2;
const changedBytesMax = 128 * 1024 ** 2;

export async function readGround({
  repositoryPath,
  baseSha,
  headSha,
  commands,
}: GroundRange): Promise<ReadGround> {
  const unread: string[] = [];
  const all = await diffFiles({ repositoryPath, from: baseSha, to: headSha });
  if (all.length > filesMax)
    unread.push(`the change has ${all.length} files, of which ${filesMax} can be read`);
  const changed = all.slice(0, filesMax);
  const [ofBase, ofHead] = [
    await listFiles(repositoryPath, baseSha),
    await listFiles(repositoryPath, headSha),
  ];
  const before = await textsOf(
    { repositoryPath, commit: baseSha, listed: ofBase },
    changed.flatMap(({ status, path, oldPath }) => (status === 'added' ? [] : (oldPath ?? path))),
  );
  const after = await textsOf(
    { repositoryPath, commit: headSha, listed: ofHead },
    changed.flatMap(({ status, path }) => (status === 'deleted' ? [] : path)),
  );
  const files = changed.map(
    ({ path, oldPath, status }): ChangedFile => ({
      path,
      oldPath,
      status: status === 'added' || status === 'deleted' ? status : 'changed',
      before: status === 'added' ? null : (before.get(oldPath ?? path) ?? null),
      after: status === 'deleted' ? null : (after.get(path) ?? null),
    }),
  );
  const base = await readBase(
    repositoryPath,
    baseSha,
    ofBase,
    changed.map(({ path }) => path),
  );
  return {
    ground: {
      files,
      base,
      basePaths: new Set(ofBase.map(({ path }) => path)),
      commands,
      sources: sourcesOf({ files, base }),
    },
    unread,
  };
}

interface At {
  repositoryPath: string;
  commit: string;
  listed: readonly TreeFile[];
}

/** Texts of a change; data that is too long stays unread, and is told where it would decide. */
async function textsOf(
  { repositoryPath, commit, listed }: At,
  paths: readonly string[],
): Promise<Map<string, string>> {
  const sizes = new Map(listed.map(({ path, sizeBytes }) => [path, sizeBytes]));
  let left = changedBytesMax;
  const wanted = paths.filter((path) => {
    const size = sizes.get(path);
    if (size === undefined || size > sourceCharsMax || size > left) return false;
    left -= size;
    return true;
  });
  return readFiles(repositoryPath, commit, wanted);
}

async function readBase(
  repositoryPath: string,
  baseSha: string,
  listed: readonly TreeFile[],
  changed: readonly string[],
): Promise<Map<string, string>> {
  const folders = new Set(changed.flatMap((path) => foldersOf(path)));
  const distance = ({ path }: TreeFile) => {
    const own = foldersOf(path);
    return own.length - own.filter((folder) => folders.has(folder)).length;
  };
  const wanted = listed
    .filter((file) => file.sizeBytes <= baseFileBytesMax && saysSomething(file.path))
    .map((file) => ({ file, far: distance(file) }))
    .sort((a, b) => a.far - b.far);
  let left = baseBytesMax;
  const paths: string[] = [];
  for (const { file } of wanted) {
    left -= file.sizeBytes;
    if (left < 0 || paths.length >= baseFilesMax) break;
    paths.push(file.path);
  }
  return readFiles(repositoryPath, baseSha, paths);
}

function foldersOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, at) => parts.slice(0, at + 1).join('/'));
}

/** Sources, and what may name them or say how they run. */
const saysSomething = (path: string) =>
  languageOf(path) !== null ||
  /\.(?:json5?|jsonc|ya?ml|toml|ini|cfg|conf|xml|mk|gradle|kts|properties|neon|txt|md|rst|html?|vue|svelte|astro|kt|scala|swift|dart|exs?|c|cc|cpp|h|hpp|sql|graphql|proto)$|(?:^|\/)(?:[^./]+|\.[^/]+)$/.test(
    path,
  );
