// Which names a change takes away, alters, defines and uses, read from its texts (R-GREEN-11). It is generous: a name too
// many costs one run of the checks, a name too few a red base branch.
import { addedLines, type ChangedFile, removedLines } from '../changed-file.ts';

export interface NamesOfChange {
  /** Names and keys that a file no longer has. */
  gone: ReadonlySet<string>;
  /** Names whose definition changed: their signature, default, members or body. */
  altered: ReadonlySet<string>;
  /** Names that the change defines, and that were not there before. */
  defined: ReadonlySet<string>;
  /** Names and keys in its new lines. */
  used: ReadonlySet<string>;
}

/** More names than a person writes; the rest of a larger change is generated. */
const namesMax = 20_000;
const linesMax = 20_000;
/** A definition further above says little about a line. */
const linesAboveMax = 200;
/** The members of a definition: what another change lists beside them. */
const linesBelowMax = 40;
const charsMin = 3;

const word = /[\p{L}_$][\p{L}\p{N}_$]*/gu;
const literal = /(["'`])((?:(?!\1)[^\\\n]){1,80})\1/g;

/** Words that stand in any code: they connect nothing. */
const tellsNothing = new Set(
  `abstract and any args array as assert async await base begin bool boolean break build byte case catch char class
  config const continue data def default delete describe dict else elif end enum equal error except expect export
  exports extends false final finally float for from func function get has if impl implements import in index input int
  interface item items key keys len length let list main map match message mod module name new nil node none not null
  number object ok one option options or output override package params pass path print private process protected pub
  public raise require result return self set size static str strict string struct super switch test tests text the
  then this throw throws trait true try tuple type types undefined union unit use using val value values var void when
  where while with yield console log`.split(/\s+/),
);

/** The names that a line defines, in the languages that people use; a key of JSON, YAML or TOML is one too. */
const definitions: readonly RegExp[] = [
  /\b(?:function\*?|class|interface|enum|trait|struct|protocol|type|record|object|module|namespace|def|fn|func|fun|sub|defp?|val|var|let|const|static|final)\s+(?:mut\s+)?(?:\([^)]*\)\s*)?([\p{L}_$][\p{L}\p{N}_$]*)/gu,
  /\b(?:exports|module\.exports|[A-Z]\w*(?:\.prototype)?)\.([A-Za-z_$][\w$]*)\s*=/g,
  /^\s*(?:(?:public|private|protected|static|async|override|get|set|readonly|abstract|#|\*)\s*)*([A-Za-z_$][\w$]*)\s*(?:<[^>]*>)?\([^)]*\)\s*(?::[^{;]+)?[{;]/gu,
  /^\s*["']?([\p{L}_$][\p{L}\p{N}_$.-]*)["']?\s*[:=](?!=)/gu,
  /\b(?:table|view|index|column|constraint|type|function)\s+(?:if\s+(?:not\s+)?exists\s+)?["`]?(\w+)/gi,
];
/** What an SQL statement takes away or renames, although its line is new. */
const takenAway = /\b(?:drop|rename|remove|delete|alter)\b/i;

export function namesOfChange(files: readonly ChangedFile[]): NamesOfChange {
  const gone = new Set<string>();
  const altered = new Set<string>();
  const defined = new Set<string>();
  const used = new Set<string>();
  for (const file of files) {
    const added = addedLines(file).slice(0, linesMax);
    const removed = removedLines(file).slice(0, linesMax);
    const after = namesIn(file.after ?? '');
    for (const line of removed) for (const name of namesIn(line)) if (!after.has(name)) add(gone, name);
    for (const { text } of added) {
      for (const name of namesIn(text)) add(used, name);
      if (takenAway.test(text)) for (const name of namesIn(text)) add(gone, name);
    }
    const before = namesDefinedIn(file.before ?? '');
    for (const { text } of added)
      for (const name of definedIn(text)) add(before.has(name) ? altered : defined, name);
    // A new file alters nothing that others use.
    if (file.before === null) continue;
    const here = namesIn(file.before);
    const addedAt = added.map(({ line }) => line);
    for (const name of [...around(file.before, removedAt(file)), ...around(file.after ?? '', addedAt)])
      if (before.has(name) || here.has(name)) add(altered, name);
  }
  return { gone, altered, defined, used };
}

/** Words and short texts in quotes, without those that stand anywhere. */
function namesIn(text: string): Set<string> {
  const names = new Set<string>();
  for (const [found] of text.matchAll(word)) if (isTelling(found)) names.add(found);
  for (const [, , found = ''] of text.matchAll(literal)) if (isTelling(found)) names.add(found);
  return names;
}

const isTelling = (name: string) => name.length >= charsMin && !tellsNothing.has(name.toLowerCase());

function definedIn(line: string): Set<string> {
  const names = new Set<string>();
  for (const pattern of definitions)
    for (const [, found = ''] of line.matchAll(pattern)) if (isTelling(found)) names.add(found);
  return names;
}

function namesDefinedIn(text: string): Set<string> {
  const names = new Set<string>();
  for (const line of text.split('\n').slice(0, linesMax)) for (const name of definedIn(line)) names.add(name);
  return names;
}

/** The numbers of lines that are gone, from 1. */
const removedAt = ({ before, after }: ChangedFile): number[] =>
  addedLines({ before: after, after: before })
    .slice(0, linesMax)
    .map(({ line }) => line);

/** What encloses the lines, by indentation, with the texts in quotes that stand in the same definition. */
function around(text: string, numbers: readonly number[]): Set<string> {
  const lines = text.split('\n');
  const names = new Set<string>();
  const seen = new Set<number>();
  for (const number of numbers) {
    let depth = indentOf(lines[number - 1] ?? '') + 1;
    for (let at = number - 1; at >= 0 && at > number - linesAboveMax && depth > 0; at -= 1) {
      const line = lines[at] ?? '';
      if (line.trim() === '' || indentOf(line) >= depth) continue;
      depth = indentOf(line);
      if (seen.has(at)) break;
      seen.add(at);
      for (const name of definedIn(line)) names.add(name);
      const end = endOf(lines, at);
      const whole = end - at <= linesBelowMax ? lines.slice(at, end + 1).join('\n') : '';
      for (const [, , found = ''] of whole.matchAll(literal)) if (isTelling(found)) names.add(found);
    }
  }
  return names;
}

function endOf(lines: readonly string[], start: number): number {
  const depth = indentOf(lines[start] ?? '');
  for (let at = start + 1; at < lines.length && at <= start + linesBelowMax + 1; at += 1) {
    const line = lines[at] ?? '';
    if (line.trim() !== '' && indentOf(line) <= depth) return at;
  }
  return Math.min(lines.length - 1, start + linesBelowMax + 1);
}

const indentOf = (line: string) => line.length - line.trimStart().length;

function add(names: Set<string>, name: string): void {
  if (names.size < namesMax) names.add(name);
}
