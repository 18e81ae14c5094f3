// Chooses what a model sees of a repository: the part of a commit that matters for a request, up to a limit of bytes.
import { filesMentioning } from '../../../git/read/files-mentioning.ts';
import { readListed } from '../../../git/read/tree.ts';
import type { Sought } from './excerpt.ts';
import { fitFiles, type ReadFile, type Selection } from './fit-files.ts';
import { namedSymbols } from './named-symbols.ts';
import { Pace } from './pace.ts';
import { type RankedFile, type Request, rankFiles, rankWeights } from './rank-files.ts';
import { type IndexLimits, indexLimits, indexRepository } from './repository-index.ts';
import { eachIdentifier, emptyWords, termsOf } from './words.ts';

export interface RelevantFiles {
  /** The selected files, most relevant first. */
  ranked: readonly RankedFile[];
  fit(bytesMax: number): Selection;
}

/** Lower-ranked files would not fit. */
const filesReadMax = 200;
const bytesReadMax = 16 * 1024 ** 2;
/** No part of a larger file is read. */
const fileBytesMax = 4 * 1024 ** 2;

export interface Commit {
  repositoryPath: string;
  commit: string;
  signal?: AbortSignal;
}

export async function readRepository(
  { repositoryPath, commit, signal }: Commit,
  request: Request,
  limits: IndexLimits = indexLimits,
): Promise<RelevantFiles> {
  const index = await indexRepository(repositoryPath, commit, signal, limits);
  const symbols = namedSymbols(request.title, request.text);
  // For files that were not read, git finds the names of the request.
  const mentioned = index.isPartial
    ? await filesMentioning(repositoryPath, commit, symbols.sought, signal)
    : new Set<string>();
  const ranked = await rankFiles(index, request, mentioned, rankWeights, new Pace(signal));
  const files = await contentsOf(repositoryPath, ranked, signal);
  const paths = index.files.map(({ path }) => path);
  const text = `${request.title}\n${request.text}`;
  const sought: Sought = { names: new Set(symbols.names), terms: termsIn(text), text };
  return { ranked, fit: (bytesMax) => fitFiles(paths, files, sought, bytesMax) };
}

async function contentsOf(
  repositoryPath: string,
  ranked: readonly RankedFile[],
  signal: AbortSignal | undefined,
): Promise<ReadFile[]> {
  let left = bytesReadMax;
  const wanted = ranked
    .filter(({ file }) => file.sizeBytes <= fileBytesMax)
    .slice(0, filesReadMax)
    .filter(({ file }) => {
      const fits = file.sizeBytes <= left;
      if (fits) left -= file.sizeBytes;
      return fits;
    });
  const contents = new Map<string, string>();
  const listed = wanted.map(({ file }) => file);
  for await (const batch of readListed(repositoryPath, listed, signal))
    for (const [objectId, content] of batch) contents.set(objectId, content);
  return wanted.flatMap((each) => {
    const content = contents.get(each.file.objectId);
    return content === undefined ? [] : [{ ...each, content }];
  });
}

function termsIn(text: string): Set<number> {
  const terms = new Set<number>();
  eachIdentifier(text, (word) => {
    if (!emptyWords.has(word.toLowerCase())) for (const term of termsOf(word)) terms.add(term);
  });
  return terms;
}
