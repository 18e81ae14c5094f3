// What the command of a check does with a file that it names. Pure, and by words: a shell may do otherwise, and then the file
// is evidence, or the product that it would be without the name.
import { givesSetting } from './file-names.ts';
import { joined } from './sources.ts';

const wordsOf = (command: string) => command.split(/[\s;|&()"'<>]+/);

export const isNamedIn = (command: string, path: string) =>
  wordsOf(command).some((word) => joined('', word) === path);

/** Not as the value of an option, nor as the program. What stands before an operand of `test -f made.txt` is no option. */
export const looksAt = (command: string, path: string) =>
  command.split(/[;|&\n()]+/).some((step) => {
    const words = wordsOf(step).filter(Boolean);
    const isCondition = /^\s*(?:if\s+|while\s+|until\s+)?(?:!\s+)?(?:test|\[\[?)\s/.test(step);
    return words.some(
      (word, at) =>
        joined('', word) === path && at > 0 && (isCondition || !givesSetting.test(words[at - 1] ?? '')),
    );
  });

const interpreters =
  /^(?:python[\d.]*|node|deno|bun|tsx|ts-node|ruby|php|perl|sh|bash|dash|zsh|pwsh|lua|Rscript|java)$/;

/** As the program of one of its steps: `python3 tools/lint.py src`, `./lint.sh`. */
export const isRunBy = (command: string, path: string) =>
  command.split(/[;|&\n()]+/).some((step) => {
    const words = step
      .trim()
      .split(/\s+/)
      .filter((word) => !/^\w+=/.test(word));
    const first = words.findIndex((word) => !/^(?:npx|exec|env|time|run|--|-\S*)$/.test(word));
    const program = words[first] ?? '';
    const isRun = interpreters.test(program.slice(program.lastIndexOf('/') + 1));
    const rest = words.slice(first + 1);
    const module = isRun && rest[0] === '-m' ? `${rest[1]?.replaceAll('.', '/')}.py` : undefined;
    const given = module ?? (isRun ? rest.find((word) => !word.startsWith('-')) : program);
    return given !== undefined && given !== '' && joined('', given.replace(/^["']|["']$/g, '')) === path;
  });

/** The path is what is right: `tool | diff expected.txt -`, `python3 -m doctest docs/usage.txt`. */
export const comparesWith = (command: string, path: string) =>
  command
    .split(/[;|&\n()]+/)
    .some((step) => isNamedIn(step, path) && /(?:^|\s)(?:diff|cmp|comm|sdiff)\s|\bdoctest\b/.test(step));
