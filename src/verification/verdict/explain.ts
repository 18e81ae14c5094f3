// Why each file of evidence had to change with the product (R-GREEN-8, R-GREEN-13): it follows what the change does and
// demands as much, it goes with what is gone, or it was asked for. What is not explained refuses. Pure.
import { isNameAsked, isPathAsked } from '../../domain/work-order/asked.ts';
import type { ChangedFile } from '../changed-file.ts';
import { withJudgingParts } from '../parts/manifest-parts.ts';
import type { SortedFile } from '../parts/sorted-file.ts';
import { folderOf, stemOf } from '../parts/sources.ts';
import { languageOf } from '../syntax/languages.ts';
import { parseSource } from '../syntax/parse-source.ts';
import { declaredIn, functionsIn, namesIn, textsIn } from '../syntax/read-tree.ts';
import { demandsIn, testPartsIn, testsIn } from '../syntax/tests-in.ts';
import { explainSource } from './explain-source.ts';
import {
  type Around,
  type Change,
  type Explained,
  type Explanation,
  type Named,
  type Parsed,
  type Product,
  titleOf,
} from './explanation.ts';

export async function explainAll(change: Change): Promise<Explained[]> {
  const evidence = change.sorted.filter(
    (sorted) =>
      sorted.part === 'unknown' ||
      (sorted.part === 'evidence' && sorted.role !== 'ci') ||
      (sorted.part === 'mixed' && !isSameManifest(sorted)),
  );
  const parsed = new Map<string, Parsed>();
  for (const { file } of change.sorted) parsed.set(file.path, await parsedFile(file));
  const product = productOf(change, parsed);
  const elsewhere = titlesAfter(evidence, parsed);
  const demanding = demandingIn(evidence, parsed);
  const around = { change, product, elsewhere, demanding, values: valuesOfData(evidence) };
  const readOf = ({ file }: SortedFile) => parsed.get(file.path) as Parsed;
  const [fresh, known] = [
    evidence.filter(({ file }) => file.status === 'added'),
    evidence.filter(({ file }) => file.status !== 'added'),
  ];
  const explained: Explained[] = known.map((file) => ({ file, ...explain(file, readOf(file), around) }));
  // What is new is explained by what uses it.
  const left = new Set(fresh);
  for (let isMore = true; isMore; ) {
    isMore = false;
    for (const file of left) {
      const how = explainNew(file, readOf(file), around, explained);
      if (how.as === null) continue;
      explained.push({ file, ...how });
      left.delete(file);
      isMore = true;
    }
  }
  for (const file of left)
    explained.push({ file, as: null, because: 'is new, and nothing that follows the change uses it' });
  return explained;
}

/** Of a manifest that changes nothing that judges, nothing is to be explained. */
const isSameManifest = ({ role, file: { path, before, after } }: SortedFile) =>
  role === 'manifest' && before !== null && after !== null && withJudgingParts(path, before, after) === after;

/** Tests that stand in it now, or what explained evidence or the product names. */
function explainNew(
  sorted: SortedFile,
  { after }: Parsed,
  { change, elsewhere }: Around,
  explained: readonly Explained[],
): Explanation {
  const { file, role } = sorted;
  if (isPathAsked(file.path, change.asked.configuration)) return { as: 'asked', because: 'was asked for' };
  if (role === 'lock') return explainLock(file, { change } as Around);
  if (!['test', 'helper', 'data', 'fixture'].includes(role))
    return { as: null, because: 'says how the checks run' };
  const stem = stemOf(file.path);
  const users = explained.filter(({ as }) => as !== null).map(({ file: each }) => each.file);
  const namesIt = (text: string | null) =>
    text !== null && new RegExp(`\\b${stem.replace(/\W/g, '\\$&')}\\b`).test(text);
  if (role !== 'test' && users.some((each) => namesIt(each.after)))
    return { as: 'adapted', because: 'is new, and what follows the change uses it' };
  if (role === 'test' && after !== null) {
    const moved = explained.some(
      ({ as, file: each }) =>
        as !== null &&
        each.file.status !== 'added' &&
        each.role === 'test' &&
        testsMovedTo(file.path, each, elsewhere),
    );
    if (moved) return { as: 'adapted', because: 'has tests that stood elsewhere' };
  }
  return { as: null, because: 'is new, and nothing that follows the change uses it' };
}

function testsMovedTo(path: string, { file }: SortedFile, elsewhere: Around['elsewhere']): boolean {
  const text = file.before ?? '';
  return [...elsewhere].some(
    ([title, blocks]) => text.includes(title) && blocks.some((each) => each.path === path),
  );
}

async function parsedFile(file: ChangedFile): Promise<Parsed> {
  const read = async (path: string, text: string | null) => {
    const language = languageOf(path, text);
    return text === null || language === null ? null : parseSource(language, text);
  };
  return {
    file,
    before: await read(file.oldPath ?? file.path, file.before),
    after: await read(file.path, file.after),
  };
}

function productOf({ sorted }: Change, parsed: ReadonlyMap<string, Parsed>): Product {
  const [before, after] = [new Set<string>(), new Set<string>()];
  const [hadTexts, hasTexts] = [new Set<string>(), new Set<string>()];
  const goneFiles = new Set<string>();
  const changed: string[] = [];
  for (const { file, part, role } of sorted) {
    if (part !== 'product' && !(part === 'mixed' && role === 'source')) continue;
    const read = parsed.get(file.path);
    changed.push(file.path);
    if (file.status === 'deleted') goneFiles.add(stemOf(file.path));
    if (file.oldPath !== null) goneFiles.add(stemOf(file.oldPath));
    for (const name of read?.before ? declaredIn(read.before, testPartsIn(read.before)) : [])
      before.add(name);
    for (const name of read?.after ? declaredIn(read.after, testPartsIn(read.after)) : []) after.add(name);
    for (const text of read?.before ? textsIn(read.before) : []) hadTexts.add(text);
    for (const text of read?.after ? [...textsIn(read.after), ...namesIn(read.after)] : [])
      hasTexts.add(text);
  }
  const goneTexts = new Set(
    [...hadTexts].filter(
      (text) => /^[-\w.]{3,40}$/.test(text) && ![...hasTexts].some((each) => each.includes(text)),
    ),
  );
  return {
    gone: new Set([...before].filter((name) => !after.has(name))),
    goneTexts,
    declared: after,
    goneFiles,
    changedFiles: changed,
  };
}

function demandingIn(evidence: readonly SortedFile[], parsed: ReadonlyMap<string, Parsed>): Set<string> {
  const found = new Set<string>();
  for (const { file } of evidence) {
    const tree = parsed.get(file.path)?.after;
    if (!tree) continue;
    const tests = new Set(testsIn(tree).map(({ node }) => node.from));
    for (const { name, node } of functionsIn(tree))
      if (!tests.has(node.from) && demandsIn(tree, node).length > 0)
        found.add(name.slice(name.lastIndexOf('.') + 1));
  }
  return found;
}

const valuesOfData = (evidence: readonly SortedFile[]) =>
  evidence.flatMap(({ role, file }) =>
    role === 'data' || role === 'fixture'
      ? ((file.after ?? '').slice(0, 200_000).match(/[\w.-]+/g) ?? []).flatMap((word) => [word, `"${word}`])
      : [],
  );

function titlesAfter(
  evidence: readonly SortedFile[],
  parsed: ReadonlyMap<string, Parsed>,
): Around['elsewhere'] {
  const found = new Map<string, Array<Named & { path: string }>>();
  for (const { file } of evidence) {
    const tree = parsed.get(file.path)?.after;
    if (!tree) continue;
    for (const { title, node } of testsIn(tree))
      found.set(title, [...(found.get(title) ?? []), { tree, node, title, path: file.path }]);
  }
  return found;
}

function explain(sorted: SortedFile, parsed: Parsed, around: Around): Explanation {
  const { asked } = around.change;
  const { file, role } = sorted;
  const paths = [file.path, file.oldPath ?? file.path];
  if (paths.some((path) => isPathAsked(path, asked.configuration)))
    return { as: 'asked', because: 'was asked for' };
  switch (role) {
    case 'test':
    case 'source':
    case 'helper':
      return explainSource(sorted, parsed, around);
    case 'data':
    case 'fixture':
      return explainData(file, around);
    case 'lock':
      return explainLock(file, around);
    default:
      return { as: null, because: 'says how the checks run' };
  }
}

/** Recorded outputs and samples. */
function explainData(file: ChangedFile, { change }: Around): Explanation {
  if (change.asked.tests === 'may_change' || isNameAsked(file.path, change.asked.removes))
    return { as: 'asked', because: 'was asked for' };
  if (file.before === null) return { as: null, because: 'could not be read' };
  if (file.after === null) return { as: null, because: 'is gone' };
  const [old] = change.redStill;
  if (old) return { as: null, because: `may let '${titleOf(old.name)}' pass, which failed before` };
  const [then, now] = [entriesIn(file.before), entriesIn(file.after)];
  return now < then * 0.7
    ? { as: null, because: 'holds less than before', holdsLess: true }
    : { as: 'data', because: 'follows what the change gives' };
}

const entriesIn = (text: string) => text.split('\n').filter((line) => /\w/.test(line)).length;

/** A lock follows its manifest. */
function explainLock(file: ChangedFile, { change }: Around): Explanation {
  const manifest = change.sorted.find(
    ({ role, file: other }) => role === 'manifest' && folderOf(other.path) === folderOf(file.path),
  );
  if (!manifest) return { as: null, because: 'changes what is installed, and no manifest asks for it' };
  return { as: 'lock', because: 'follows its manifest' };
}
