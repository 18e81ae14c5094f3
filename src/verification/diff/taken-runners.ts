// Product code that takes hold of a test runner, or of what tests compare with (R-GREEN-5): it could skip tests, or let
// them run nothing, and no run shows it.
import type { Finding } from '../../domain/work-order/finding.ts';
import { addedLines, type ChangedFile } from '../changed-file.ts';
import { withoutComments } from '../test-source.ts';
import { type DiffReading, placeOf } from './read-diff.ts';

const loads: readonly RegExp[] = [
  /^(?!\s*import\s+type\b).*(?:\bfrom|\bimport|\brequire\(|\bimport\()\s*['"](node:test|vitest|@vitest\/\w+|@jest\/globals|mocha|bun:test)['"]/,
  /^\s*(?:from|import)\s+(_?pytest|unittest(?!\.mock\b)|nose2?)\b/,
  /\bimport_module\(\s*['"](_?pytest|unittest)\b/,
];

const importsAssert =
  /\bimport\s+(?:\*\s+as\s+)?(\w+)(?:\s*,[^\n]*)?\s+from\s*['"](?:node:)?(?:assert(?:\/strict)?|chai)['"]|\b(?:const|let|var)\s+(\w+)\s*=\s*require\(\s*['"](?:node:)?(?:assert(?:\/strict)?|chai)['"]/g;

/** Only told, if the task names the runner. */
export function takenRunners({ files, task, reached }: DiffReading): Finding[] {
  const found = files
    .filter((file) => file.after !== null && placeOf(file.path, { reached }) === 'product')
    .flatMap((file) =>
      [...runnersIn(file), ...alteredIn(file), ...equalToAllIn(file)].map((name) => ({
        path: file.path,
        name,
      })),
    );
  const isAsked = found.every(({ name }) => task.speaksOf([name]));
  if (found.length === 0) return [];
  return [
    {
      weight: isAsked ? 'tells' : 'refuses',
      kind: 'acts_otherwise_under_test',
      text: `The product takes hold of what tests it: ${found.map(({ path, name }) => `${path} uses ${name}`).join('; ')}.`,
      files: [...new Set(found.map(({ path }) => path))],
      tests: [],
    },
  ];
}

function runnersIn(file: ChangedFile): string[] {
  const lines = addedLines(file).map(({ text }) => withoutComments(text));
  const names = lines.flatMap((line) => loads.flatMap((pattern) => pattern.exec(line)?.[1] ?? []));
  return [...new Set(names)].filter((name) => !(file.before ?? '').includes(name));
}

/** Members of `assert` get another value, whatever it is called here. */
function alteredIn({ before, after }: ChangedFile): string[] {
  const names = [...(after ?? '').matchAll(importsAssert)].map(([, one, two]) => one ?? two ?? '');
  const lines = addedLines({ before, after }).map(({ text }) => text);
  return names.filter((name) => {
    const sets = new RegExp(
      `\\b${name}(?:\\.\\w+|\\[[^\\]\\n]+\\])+\\s*=(?![=>])|\\b(?:Reflect|Object)\\.\\w+\\(\\s*${name}\\b`,
    );
    return lines.some((line) => sets.test(line));
  });
}

/** In Python, a method of several lines by which something equals everything. */
function equalToAllIn(file: ChangedFile): string[] {
  const text = addedLines(file)
    .map(({ text: line }) => line)
    .join('\n');
  return /\bdef __(?:eq|ne)__\([^)]*\)[^:\n]*:\s*\n\s*return (?:True|False)\b/.test(text)
    ? ['an equality that always holds']
    : [];
}
