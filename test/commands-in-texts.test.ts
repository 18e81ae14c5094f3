// Every command that Moose's texts tell people to type is accepted by the command line: in errors, advice, pages, comments
// and the documentation. Only values may be made up.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { expect, test } from 'vitest';
import type { CliContext } from '../src/cli/context.ts';
import { createProgram } from '../src/cli/program.ts';
import { packageRoot } from '../src/stdx/files/own-files.ts';

/** In backticks, also inside of a template; or a line of a block of commands. */
const quoted = /\\?`(?:npm run )?moose( --)? ([^`\\\n]+)\\?`/g;
const typed = /^\s*(?:\$ )?(?:npm run )?moose( --)? ([^\n]+)$/gm;
const fence = /^```(?:sh|console|bash)\n(.*?)^```/gms;

/** Tests, and the contract, which says what has to be. */
const leftOut = /\.(?:test|fixture)\.tsx?$|^docs\/spec\.md$/;
/** A regular expression, or how a command is used in general. */
const isPattern = /[[(<|]|^COMMAND/;

/** A program that parses and does nothing. Whatever a value is, it is accepted. */
function parser(): Command {
  const program = createProgram({ version: '0.0.0' } as CliContext, []);
  const each = (command: Command): Command[] => [command, ...command.commands.flatMap(each)];
  for (const command of each(program)) {
    command.exitOverride().configureOutput({ writeOut: () => undefined, writeErr: () => undefined });
    if (command.commands.length === 0) command.action(() => undefined);
    for (const part of [...command.options, ...command.registeredArguments]) {
      delete part.parseArg;
      delete part.argChoices;
    }
  }
  return program;
}

/** Stands for what the program puts in: a value, several words, or nothing. */
const given = 'VALUE';

function wordsOf(text: string): string[] {
  const line =
    text
      .replaceAll(/\$?\{\w[^}]*\}/g, given)
      .replaceAll(/\s#\s.*$/g, '')
      .split(/\s[|>&;]|;/)[0] ?? '';
  const words = line.match(/(?:[^\s"']|"[^"]*"|'[^']*')+/g) ?? [];
  return words.map((word) => word.replaceAll(/^["']|["'.,:)…]+$/g, '')).filter((word) => word !== '');
}

/** A text may name a command without what has to follow it. */
const unfinished = new Set([
  'commander.missingArgument',
  'commander.optionMissingArgument',
  'commander.missingMandatoryOptionValue',
  'commander.help',
  'commander.helpDisplayed',
  'commander.version',
]);

async function problemOf(words: readonly string[]): Promise<string | null> {
  if (words[0] === given) return null;
  const isOption = (word: string | undefined) => word === `--${given}`;
  const fixed = words
    .filter((word, at) => !isOption(word) && !isOption(words[at - 1]))
    .map((word) => word.replace(given, ''))
    .filter((word) => word !== '');
  return (await refusalOf(words)) && refusalOf(fixed);
}

async function refusalOf(words: readonly string[]): Promise<string | null> {
  try {
    await parser().parseAsync([...words], { from: 'user' });
    return null;
  } catch (error) {
    const { code = '', message } = error as { code?: string; message: string };
    // Whatever else it throws, it was accepted, and there is nothing here to act on.
    return code.startsWith('commander.') && !unfinished.has(code) ? message : null;
  }
}

function callsIn(path: string, text: string): string[][] {
  const inText = [...text.matchAll(quoted)];
  const inBlocks = path.endsWith('.md')
    ? [...text.matchAll(fence)].flatMap(([, block = '']) => [...block.matchAll(typed)])
    : [];
  const lines = [...inText, ...inBlocks].map(([, , words = '']) => words);
  return lines.filter((words) => !isPattern.test(words)).map(wordsOf);
}

const files = execFileSync(
  'git',
  ['ls-files', 'src', 'web/src', 'docs', 'README.md', 'scripts', 'deploy', 'examples'],
  {
    cwd: packageRoot,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 ** 2,
  },
)
  .split('\n')
  .filter((path) => /\.(?:ts|tsx|md)$/.test(path) && !leftOut.test(path));

test('every command that a text tells people to type is accepted', async () => {
  const calls = files.flatMap((path) =>
    callsIn(path, readFileSync(join(packageRoot, path), 'utf8')).map((words) => ({ path, words })),
  );
  expect(calls.length).toBeGreaterThan(300);
  const seen = new Map<string, string | null>();
  const problems: string[] = [];
  for (const { path, words } of calls) {
    const line = words.join(' ');
    if (!seen.has(line)) seen.set(line, await problemOf(words));
    const problem = seen.get(line);
    if (problem) problems.push(`${path}: moose ${line}: ${problem}`);
  }
  expect(problems).toEqual([]);
});

test.each([
  ['Type `moose rum "x"`.', "unknown command 'rum'"],
  ['Type `moose retry ID --form applying`.', "unknown option '--form'"],
  ['Type `moose projects set api --base main`.', "unknown command 'projects'"],
  ['Type `moose show ID 2`.', 'too many arguments'],
])('an empty check fails: %s', async (text, problem) => {
  const [words = []] = callsIn('a.ts', text);
  expect(await problemOf(words)).toContain(problem);
});
