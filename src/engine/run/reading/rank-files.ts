// Ranks the files of an index for a request. Pure and deterministic.
//
// The base score is BM25F (Robertson, Zaragoza and Taylor 2004): one formula weighs words in the content, in the path
// and in the names that a file defines. Added to it: symbols that the request names, references from the best files
// (`reference-graph.ts`), tests beside their sources, and recent changes.
import { countOf, defines } from './file-facts.ts';
import { type FileRole, subjectOf } from './file-roles.ts';
import { namedFiles } from './named-files.ts';
import { type NamedSymbols, namedSymbols } from './named-symbols.ts';
import { Pace } from './pace.ts';
import { spreadRank } from './reference-graph.ts';
import type { IndexedFile, RepositoryIndex } from './repository-index.ts';
import { sortPaced } from './sort-paced.ts';
import { eachIdentifier, emptyWords, nameTerm, termsOf } from './words.ts';

export interface Request {
  title: string;
  /** All other texts: description, acceptance, messages, the output of failed checks. */
  text: string;
}

export interface RankedFile {
  file: IndexedFile;
  score: number;
  /** True if the request names the file by its path, or by a distinctive name. */
  isNamed: boolean;
}

export interface RankWeights {
  /** BM25F's k1 (how fast a repeated word loses its effect) and b (how much the length of a file matters). */
  k1: number;
  b: number;
  path: number;
  defined: number;
  title: number;
  symbol: number;
  references: number;
  beside: number;
  recency: number;
}

/** Chosen by judgement. `npm run bench -- ranking` measures packages that were not used to choose them. */
export const rankWeights: RankWeights = {
  k1: 1.2,
  b: 0.4,
  path: 3,
  defined: 2,
  title: 2,
  symbol: 1.5,
  references: 0.1,
  beside: 0.3,
  recency: 0.03,
};

/** Puts named files first: all other scores are at most about 1. */
const namedScore = 10;
/** The factor for a file of this role, if the request does not name it. */
const roleWeight: Readonly<Record<FileRole, number>> = {
  source: 1,
  manifest: 0.8,
  test: 0.6,
  document: 0.5,
  data: 0.5,
  foreign: 0.1,
  unreadable: 0,
};
/** The number of files that are processed before the clock is checked again. */
const filesAtOnce = 1_000;
/** The files from which rank spreads to those that they use. */
const seedsMax = 50;

/** Takes seconds for a hundred thousand files, so it takes breaks. @throws the reason of the signal of `pace` */
export async function rankFiles(
  index: RepositoryIndex,
  request: Request,
  mentioned: ReadonlySet<string> = new Set(),
  weights: RankWeights = rankWeights,
  pace: Pace = new Pace(undefined),
): Promise<RankedFile[]> {
  const { files } = index;
  const text = `${request.title}\n${request.text}`;
  const named = namedFiles(
    files.map(({ path }) => path),
    text,
  );
  await pace.rest();
  const words = scaled(await matchScores(files, queryOf(request, weights), weights, pace));
  const symbols = await symbolScores(files, namedSymbols(request.title, request.text), mentioned, pace);
  const own = files.map(
    ({ role, path }, at) =>
      ((words[at] ?? 0) + weights.symbol * (symbols[at] ?? 0)) * (named.has(path) ? 1 : roleWeight[role]),
  );
  await pace.rest();
  const spread = scaled(await spreadRank(index.references, seedsOf(own), pace));
  const scores = own.map(
    (score, at) =>
      score +
      weights.references * (spread[at] ?? 0) +
      (score > 0 ? weights.recency * (index.recency.get(files[at]?.path ?? '') ?? 0) : 0) +
      (named.has(files[at]?.path ?? '') ? namedScore : 0),
  );
  await pace.rest();
  const beside = await besideScores(files, scores, pace);
  const ranked = files
    .map((file, at) => ({
      file,
      score: (scores[at] ?? 0) + weights.beside * (beside[at] ?? 0),
      isNamed: named.has(file.path),
    }))
    .filter(({ file }) => file.role !== 'unreadable');
  return sortPaced(
    ranked,
    (a, b) =>
      b.score - a.score || a.file.sizeBytes - b.file.sizeBytes || (a.file.path < b.file.path ? -1 : 1),
    pace,
  );
}

/** Further words of a long request do not help to distinguish files. */
const queryTermsMax = 400;

/** The words of the request with their weights: each repetition of a word adds less. */
function queryOf({ title, text }: Request, weights: RankWeights): Map<number, number> {
  const counted = new Map<number, number>();
  const count = (part: string, weight: number) =>
    eachIdentifier(part, (word) => {
      if (emptyWords.has(word.toLowerCase())) return;
      for (const term of termsOf(word)) counted.set(term, (counted.get(term) ?? 0) + weight);
    });
  count(title, weights.title);
  count(text, 1);
  const heaviest = [...counted].sort(([a, one], [b, other]) => other - one || a - b).slice(0, queryTermsMax);
  return new Map(heaviest.map(([term, weight]) => [term, Math.log2(1 + weight)]));
}

async function matchScores(
  files: readonly IndexedFile[],
  query: ReadonlyMap<number, number>,
  { k1, b, path, defined }: RankWeights,
  pace: Pace,
): Promise<Float64Array> {
  const scores = new Float64Array(files.length);
  const lengths = files.map(({ facts }) => facts?.length ?? 0);
  const known = Math.max(1, lengths.filter((length) => length > 0).length);
  const average = Math.max(1, lengths.reduce((sum, length) => sum + length, 0) / known);
  const frequencies = new Float64Array(files.length);
  for (const [term, weight] of query) {
    let having = 0;
    for (const [at, { facts, pathTerms }] of files.entries()) {
      if (at % filesAtOnce === 0 && pace.isTired) await pace.rest();
      const norm = 1 - b + (b * (lengths[at] ?? 0)) / average;
      frequencies[at] =
        (facts ? countOf(facts, term) / norm : 0) +
        (pathTerms.includes(term) ? path : 0) +
        (facts && defines(facts, term) ? defined : 0);
      if ((frequencies[at] ?? 0) > 0) having += 1;
    }
    if (having === 0) continue;
    const rarity = Math.log(1 + (files.length - having + 0.5) / (having + 0.5));
    frequencies.forEach((frequency, at) => {
      if (frequency > 0)
        scores[at] = (scores[at] ?? 0) + (weight * rarity * frequency * (k1 + 1)) / (k1 + frequency);
    });
  }
  return scores;
}

/** For files that were not read, a mention is a weak sign: plain words of a title are seldom names. */
const plainSymbolScore = 0.15;
const mentionScore = 0.3;

/** 1 for the only file that defines a symbol of the request, less for one of several. */
async function symbolScores(
  files: readonly IndexedFile[],
  { names, sought }: NamedSymbols,
  mentioned: ReadonlySet<string>,
  pace: Pace,
): Promise<Float64Array> {
  const scores = new Float64Array(files.length);
  for (const name of names) {
    const term = nameTerm(name);
    const defining: number[] = [];
    for (const [at, { facts }] of files.entries()) {
      if (at % filesAtOnce === 0 && pace.isTired) await pace.rest();
      if (facts && defines(facts, term) && facts.definitions.some((each) => each.name === name))
        defining.push(at);
    }
    const score = (sought.includes(name) ? 1 : plainSymbolScore) / Math.sqrt(defining.length);
    for (const at of defining) scores[at] = (scores[at] ?? 0) + score;
  }
  files.forEach(({ path, facts }, at) => {
    if (facts === null && mentioned.has(path)) scores[at] = (scores[at] ?? 0) + mentionScore;
  });
  return scores;
}

function seedsOf(scores: readonly number[]): Float64Array {
  const limit = [...scores].sort((a, b) => b - a)[seedsMax] ?? 0;
  return Float64Array.from(scores, (score) => (score > limit ? score : 0));
}

/** If more files share a name, they are not about one subject. */
const sameSubjectMax = 6;

/** A test gets its source's score, and a source its test's score. */
async function besideScores(
  files: readonly IndexedFile[],
  scores: readonly number[],
  pace: Pace,
): Promise<Float64Array> {
  const beside = new Float64Array(files.length);
  const subjects = new Map<string, { file: IndexedFile; at: number }[]>();
  for (const [at, file] of files.entries()) {
    if (at % filesAtOnce === 0 && pace.isTired) await pace.rest();
    if (file.role !== 'source' && file.role !== 'test') continue;
    const subject = subjectOf(file.path);
    const same = subjects.get(subject);
    if (same) same.push({ file, at });
    else subjects.set(subject, [{ file, at }]);
  }
  for (const same of subjects.values()) {
    if (pace.isTired) await pace.rest();
    if (same.length < 2 || same.length > sameSubjectMax) continue;
    for (const { file, at } of same) {
      const others = same.filter((other) => (other.file.role === 'test') !== (file.role === 'test'));
      beside[at] = Math.max(0, ...others.map((other) => scores[other.at] ?? 0));
    }
  }
  return beside;
}

/** Scales the values so that the greatest is 1. */
function scaled(scores: Float64Array): Float64Array {
  const greatest = scores.reduce((most, score) => Math.max(most, score), 0);
  return greatest > 0 ? scores.map((score) => score / greatest) : scores;
}
