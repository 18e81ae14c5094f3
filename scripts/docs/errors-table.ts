import type { ModelAnswer } from '../../src/engine/ports/model.ts';
import { type ErrorCode, errorCodes } from './error-codes.ts';
import { told } from './errors-told.ts';
import { markdownTable } from './markdown-table.ts';

// A new kind of answer in the code has no row here yet, and fails the type check.
const answers: Record<Exclude<ModelAnswer<unknown>['kind'], 'object'>, true> = {
  malformed: true,
  empty: true,
  refused: true,
  truncated: true,
};

/** Codes that are built at run time, written in full. */
const spelledOut: Readonly<Record<string, readonly string[]>> = {
  'MODEL_ANSWER_…': Object.keys(answers).map((kind) => `MODEL_ANSWER_${kind.toUpperCase()}`),
};

export function errorsTable(): string {
  const codes = errorCodes().flatMap(writtenOut);
  const asked = new Set<string>();
  const rows = codes.map((each) => {
    const { code, category, paths } = each;
    const say = (what: 'message' | 'advice') => {
      if (isSaid(each[what])) return each[what];
      asked.add(`${code}.${what}`);
      return (
        told[code]?.[what] ??
        fail(`${code} (${paths[0]}) states no ${what}: say it in scripts/docs/errors-told.ts`)
      );
    };
    const folders = [...new Set(paths.map(folderOf))].map((folder) => `\`${folder}\``);
    return [
      `\`${code}\``,
      category ?? '–',
      asText(say('message')),
      asText(say('advice')),
      folders.join(', '),
    ];
  });
  refuseUnasked(asked);
  return markdownTable(['code', 'category', 'what it says', 'what to do', 'from'], rows);
}

function isSaid(text: string | null): text is string {
  return text !== null && /\p{L}/u.test(text);
}

function refuseUnasked(asked: ReadonlySet<string>): void {
  for (const [code, words] of Object.entries(told)) {
    for (const what of Object.keys(words)) {
      if (!asked.has(`${code}.${what}`))
        fail(`scripts/docs/errors-told.ts says the ${what} of ${code}, and the sources say it too`);
    }
  }
}

function writtenOut(stated: ErrorCode): ErrorCode[] {
  if (!stated.code.includes('…')) return [stated];
  const codes = spelledOut[stated.code];
  if (codes) return codes.map((code) => ({ ...stated, code }));
  return fail(
    `${stated.paths[0]} puts ${stated.code} together: write its codes out in scripts/docs/errors-table.ts`,
  );
}

/**
 * The folder of a source, such as `git` for `src/git/merge.ts`; for a file at the root of `src`, the name of the file.
 */
function folderOf(path: string): string {
  const parts = path.replace(/^src\//, '').split('/');
  return parts.length === 1 ? (parts[0] ?? path) : parts.slice(0, Math.min(2, parts.length - 1)).join('/');
}

/** Outside of code, angle brackets would be read as HTML. */
function asText(text: string): string {
  return text.replaceAll(/<(?=[a-z])/gi, '&lt;');
}

function fail(message: string): never {
  throw new Error(message);
}
