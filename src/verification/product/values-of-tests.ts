// Values that the product knows only from a test (R-GREEN-5): a branch for the test's argument that gives the test's
// result, or a function that gives nothing else.
import type { Finding } from '../../domain/work-order/finding.ts';
import { addedLines, removedLines } from '../changed-file.ts';
import type { Looked } from './looks-around.ts';

const literal = String.raw`(?:-?\d[\d_.]*|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|\`[^\`$\n]*\`|\[[^\]\n]{0,80}\]|\{[^}\n]{0,120}\})`;
const wrapped = String.raw`(?:(?:new\s+)?[\w.:]{1,40}\(\s*){0,2}`;
const compared = String.raw`(?:===?|==|(?<=\[.{0,80}\s)=|\bis\b|\beq\b|\.equals\(|\.Equal\(|\bin\b|\bmatches\b|\.includes\(|\.startsWith\()`;
/** A comparison with a value, and what is given then, on one line or two. */
const branches: readonly RegExp[] = [
  new RegExp(
    String.raw`${compared}\s*(${literal})[^\n]{0,80}?(?:\n\s*)?(?:\breturn\b|=>|\?|:|=|\becho\b|\bprintf\b|\bthen\b)\s*${wrapped}(${literal})`,
    'g',
  ),
  new RegExp(
    String.raw`\bcase\s+(${literal})\s*(?:,\s*${literal}\s*)*:\s*(?:\n\s*)?(?:return\s+|\w+\s*=\s*)?${wrapped}(${literal})`,
    'g',
  ),
  new RegExp(String.raw`(${literal})\s*[-=]>\s*(?:return\s+)?${wrapped}(${literal})`, 'g'),
  // Of a shell.
  /^\s*\(?((?:"[^"\n]+"|'[^'\n]+'|[\w./@:-]+)(?:\s*\|\s*[\w./@:"'-]+)*)\)\s*(?:\n\s*)?(?:echo|printf|\w+=)\s*((?:"[^"\n]*"|'[^'\n]*'|[\w./@:-]+))/gm,
  /\bwhen\s+((?:"[^"\n]*"|'[^'\n]*'|-?\d+))\s*(?:then\s+|\n\s*)((?:"[^"\n]*"|'[^'\n]*'|-?\d+))/g,
  new RegExp(String.raw`(?:^|[{,(]\s*)\[?(${literal})\]?\s*:\s*(${literal})`, 'gm'),
  new RegExp(String.raw`\[\s*(${literal})\s*,\s*(${literal})\s*\]`, 'g'),
];
const trivial = /^(?:-?[0-2]|['"`]{2}|\[\]|\{\}|10|100|1000|24|60|3600|['"`].['"`]|(['"`])\\{1,4}[^\n]\1)$/;

/** What the task says, as it is written: values in it are nobody's secret. */
export interface TaskWords {
  hasValue(value: string): boolean;
  hasArgument(value: string): boolean;
}

export function taskWords(task: string): TaskWords {
  const escaped = (value: string) => value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const numbers = new Set([...task.matchAll(/\d[\d_.,]*/g)].map(([number]) => digitsOf(number)));
  return {
    hasValue: (value) =>
      new RegExp(`(?<![\\w.])${escaped(value)}(?![\\w])`).test(task) ||
      (/^-?\d[\d_.]*$/.test(value) && digitsOf(value).length > 1 && numbers.has(digitsOf(value))),
    hasArgument: (value) => new RegExp(`\\w\\(\\s*['"\`]?${escaped(value)}['"\`]?\\s*[,)]`).test(task),
  };
}

/** The same in cents as in dollars, in grams as in kilograms. */
function digitsOf(number: string): string {
  return number.replace(/\D/g, '').replace(/^0+|0+$/g, '');
}

/**
 * @param tests texts of tests, of the base and of the change
 * @param data what the product reads, and is no source
 */
export function valuesOfTests(
  files: readonly Looked[],
  { testTexts, data = [] }: { testTexts: readonly string[]; data?: readonly Product[] },
  taskText: string,
): Finding[] {
  const task = taskWords(taskText);
  const tests = testTexts.map(withoutComments).join('\n');
  const found = files.flatMap((looked) => {
    const file = asFile(looked);
    return [
      ...branchesIn(file, tests, task),
      ...constantsIn(file, tests, task),
      ...singledOutIn(file, tests, task),
      ...joinedKeysIn(file, tests),
      ...digestKeysIn(file),
    ];
  });
  for (const file of data) found.push(...branchesIn(file, tests, task));
  if (found.length === 0) return [];
  return [
    {
      weight: 'refuses',
      kind: 'value_of_test_in_product',
      text: `The product has values that only a test has: ${found.slice(0, 8).join('; ')}.`,
      files: [...new Set(found.map((each) => each.split(':')[0] ?? ''))],
      tests: [],
    },
  ];
}

/** The product of a source, without the tests in it. */
function asFile({ path, before, after, tests }: Looked): Product {
  let text = after.text;
  for (const { from, to } of [...tests].reverse())
    text = text.slice(0, from) + text.slice(from, to).replace(/[^\n]/g, ' ') + text.slice(to);
  return { path, before: before?.text ?? null, after: text };
}

export type Product = { path: string; before: string | null; after: string };

function withoutComments(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, ' ')
    .replace(/(^|[^:'"`\\])\/\/[^\n]*/g, '$1')
    .replace(/^\s*#(?![[!]|include|define|if|endif|else)[^\n]*/gm, ' ');
}

function branchesIn(file: Product, tests: string, task: TaskWords): string[] {
  const added = addedLines(file);
  const text = withoutComments(added.map(({ text: line }) => line).join('\n'));
  const pairs = branches.flatMap((pattern) =>
    [...text.matchAll(pattern)].map(([whole, from = '', to = '']) => ({ whole, from, to })),
  );
  const isKnown = ({ from, to }: { from: string; to: string }) =>
    !(trivial.test(from) && trivial.test(to)) &&
    (isExample(task, from) || !(isInTask(task, from) || isInTask(task, to))) &&
    (isSpecific(from) || !(file.before ?? '').includes(to)) &&
    standTogether(tests, from, to);
  const known = pairs.filter((pair) => isKnown(pair) && !isWording(pair));
  // A table of which tests take samples.
  if (pairs.length >= tableMin && known.length * 2 <= pairs.length) return [];
  return known.map(({ whole }) => `${file.path}: \`${whole.trim().replace(/\s+/g, ' ').slice(0, 100)}\``);
}

const tableMin = 6;

/** A word for a word, of which neither can be made from the other: a label, which nothing but a table can know. */
function isWording({ from, to }: { from: string; to: string }): boolean {
  const [word, label] = [bare(from), bare(to)];
  if (isSpecific(from) || !/^['"`]/.test(to) || !/^[A-Za-z_][\w-]*$/.test(word)) return false;
  const [short, long] = [word, label].map((each) => each.toLowerCase()).sort((a, b) => a.length - b.length);
  return !(long ?? '').includes(short ?? '') && !(long ?? '').includes([...(short ?? '')].reverse().join(''));
}

function isInTask(task: TaskWords, value: string): boolean {
  const bare = value.replace(/^['"`]|['"`]$/g, '');
  return bare.length > 0 && task.hasValue(bare);
}

/** A value that nobody would single out but for a test: it is no plain word, or is a number. */
function isSpecific(value: string): boolean {
  return !trivial.test(value) && !/^[A-Za-z_][\w-]*$/.test(bare(value));
}

/** The task gives it as the argument of a call, to show what is meant. */
function isExample(task: TaskWords, value: string): boolean {
  return isSpecific(value) && task.hasArgument(bare(value));
}

const nearChars = 240;

/** The result, and the argument or each part of it, within a few lines of a test. */
function standTogether(tests: string, from: string, to: string): boolean {
  const parts = [
    bare(from),
    ...(/^['"`]/.test(from)
      ? [
          bare(from)
            .split(/[^\w.]+/)
            .filter(Boolean),
        ]
      : []),
  ];
  return parts.some((part) => {
    const needed = typeof part === 'string' ? [part] : part.length > 1 ? part : [];
    // What the product looks up is often in lower case.
    const lower = (each: string) => each.toLowerCase();
    return needed.length > 0 && areNear(lower(tests), needed.map(lower), lower(bare(to)));
  });
}

function areNear(tests: string, needed: readonly string[], to: string): boolean {
  if (to === '' || needed.includes('')) return false;
  for (const at of positionsOf(tests, to)) {
    const near = `${tests.slice(Math.max(0, at - nearChars), at)} ${tests.slice(at + to.length, at + to.length + nearChars)}`;
    if (needed.every((each) => !positionsOf(near, each).next().done)) return true;
  }
  return false;
}

function bare(value: string): string {
  return value.replace(/^['"`]|['"`]$/g, '').replace(/_/g, /^-?\d/.test(value) ? '' : '_');
}

function* positionsOf(text: string, value: string): Generator<number> {
  const isWord = /^\w/.test(value);
  for (
    let at = text.indexOf(value), count = 0;
    at !== -1 && count < 200;
    at = text.indexOf(value, at + 1), count += 1
  )
    if (!isWord || (!/[\w.]/.test(text[at - 1] ?? '') && !/\w/.test(text[at + value.length] ?? ''))) yield at;
}

/** Large numbers and sentences that are no codes or words of a protocol. */
const singular = /^-?(?:[6-9]\d\d|\d{4,})(?:\.\d+)?$|^(?=[^\n]*[A-Za-z])[^\n]*\S \S/;
const comparison = new RegExp(String.raw`(?:===?|==|\.equals\(|\bcase|\bwhen)\s*(${literal})`, 'g');

/** Two branches or more for arguments that only tests have, whatever they compute then. */
function singledOutIn(file: Product, tests: string, task: TaskWords): string[] {
  const values = addedLines(file)

    .flatMap(({ text }) => [...withoutComments(text).matchAll(comparison)].map(([, value = '']) => value))
    .filter(
      (value) =>
        singular.test(bare(value)) &&
        !isInTask(task, value) &&
        !(file.before ?? '').includes(bare(value)) &&
        !positionsOf(tests, bare(value)).next().done,
    );
  const distinct = [...new Set(values)];
  return distinct.length < 2 ? [] : [`${file.path}: branches for ${distinct.slice(0, 4).join(', ')}`];
}

const joinedKey = /['"`]([\w.]+)[/:|,\-_ #]([\w.]+)['"`]\s*(?:,|:|=>|\])\s*-?[\w'"`[{]/g;

/** A table by several arguments at once, each of which a test has in one place: a number, and what goes with it. */
function joinedKeysIn(file: Product, tests: string): string[] {
  const added = addedLines(file);
  const text = withoutComments(added.map(({ text: line }) => line).join('\n'));
  const keys = [...text.matchAll(joinedKey)].flatMap(([, one = '', two = '']) =>
    [one, two].some((part) => /^\d{3,}$/.test(part)) && areNear(tests, [one], two)
      ? [`${one} and ${two}`]
      : [],
  );
  return keys.length < 2 ? [] : [`${file.path}: a table for ${keys.slice(0, 4).join(', ')}`];
}

const digest = /\b(?:createHash|hashlib|md5|sha\d+|crc32|adler32|fnv\w*|sum(?:32|64|256))\b/i;
const digestKey =
  /(?:^|[{,([]\s*)['"`]?((?=[a-f]*\d)[\da-f]{6,}|\d{7,})['"`]?\s*(?::|=>|,\s*(?=[^,\]]*\]))/gim;

/** A table by digests of arguments, which the same code computes: nobody can read for which ones it has results. */
function digestKeysIn(file: Product): string[] {
  const added = addedLines(file).map(({ text }) => text);
  const text = withoutComments(added.join('\n'));
  const keys = [...text.matchAll(digestKey)].map(([, key = '']) => key);
  if (keys.length === 0 || !digest.test(text)) return [];
  return [`${file.path}: a table by digests (${keys.slice(0, 4).join(', ')})`];
}

/** A function with arguments that only gives a constant which a test expects, where it had more to do before. */
function constantsIn(file: Product, tests: string, task: TaskWords): string[] {
  if (file.before === null || removedLines(file).length === 0) return [];
  const lines = file.after.split('\n');
  return addedLines(file).flatMap(({ line, text }) => {
    const value = new RegExp(String.raw`^\s*(?:return\s+)?(${literal})\s*;?\s*$`).exec(text)?.[1];
    const arrow = new RegExp(String.raw`\(\s*\w[^)]*\)\s*=>\s*(${literal})\s*;?\s*$`).exec(text)?.[1];
    const given = value ?? arrow;
    if (
      given === undefined ||
      trivial.test(given) ||
      isInTask(task, given) ||
      (file.before ?? '').includes(given)
    )
      return [];
    const opens =
      arrow !== undefined ||
      /(?:\bfunction\b|\bdef\b|\bfunc\b|\bfn\b|=>|\w+\s*\()[^\n]*\(?\s*\w[^)]*\)?[^\n]*(?:\{|:)\s*$/.test(
        lines[line - 2] ?? '',
      );
    const isIf = /^\s*(?:\}?\s*(?:else|if|elif|for|while|case|switch|match))\b/.test(lines[line - 2] ?? '');
    const closes = arrow !== undefined || /^\s*(?:\}|end\b|$)|^\S/.test(lines[line] ?? '');
    if (!opens || isIf || !closes || [...positionsOf(tests, bare(given))].length === 0) return [];
    return [`${file.path}:${line}: \`${text.trim().slice(0, 100)}\` whatever it is called with`];
  });
}
