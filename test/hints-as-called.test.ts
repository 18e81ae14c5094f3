// A person copies the commands that Moose prints. They carry the program and the data directory that this person used,
// because everything printed goes through one function; it finds a command by its backticks.
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript-compiler';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createProgram } from '../src/cli/program.ts';
import { rememberData, rememberProgram } from '../src/cli/terminal/as-called.ts';
import { createPrinter, printError } from '../src/cli/terminal/printer.ts';
import { PermanentError } from '../src/domain/failure.ts';

const rootPath = fileURLToPath(new URL('..', import.meta.url));
const names = createProgram({ version: '1' } as never).commands.map((command) => command.name());
const command = new RegExp(`(?<![\`/"]|^)\\bmoose (?:${names.join('|')}|--help)\\b(?!\`)`);
/** An example of a help has a line of its own. */
const exampleLine = /^ {2}moose .*$/gm;
/** The help says in other ways what a command does. */
const ofHelp = /\.(?:description|option|addHelpText)$/;
const applicationNames = /^moose (?:backup|restore|upgrade)$/;

/**
 * Strings that name a command of Moose without backticks. A string that is a command and nothing else is a value: whoever
 * prints it adds them.
 */
function bareHints(path: string, text: string): string[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ofHelp.test(node.expression.getText().trim())) {
      visit(node.expression);
      return;
    }
    if (!ts.isTemplateExpression(node) && !ts.isStringLiteralLike(node))
      return void ts.forEachChild(node, visit);
    const said = ts.isStringLiteralLike(node) ? node.text : templateText(node);
    if (command.test(said.replaceAll(exampleLine, '')) && !applicationNames.test(said))
      found.push(`${path}: ${said}`);
    if (ts.isTemplateExpression(node)) node.templateSpans.forEach((span) => void visit(span.expression));
  };
  visit(source);
  return found;
}

const templateText = ({ head, templateSpans }: ts.TemplateExpression) =>
  head.text + templateSpans.map(({ literal }) => `…${literal.text}`).join('');

test('R-BASE-4: fear: a command that Moose prints escapes the one place that names it as the person types it', () => {
  const files = globSync('src/**/*.ts', { cwd: rootPath }).filter(
    (path) => !/\.(?:test|fixture)\.ts$/.test(path),
  );
  const texts = files.map((path) => ({ path, text: readFileSync(`${rootPath}/${path}`, 'utf8') }));
  // Most files name no command: parsing them takes long.
  const found = texts
    .filter(({ text }) => /\bmoose [a-z-]/.test(text))
    .flatMap(({ path, text }) => bareHints(path, text));
  expect(found).toEqual([]);
});

test('a bare command is found, one in backticks is not', () => {
  const found = bareHints(
    'x.ts',
    "const a = 'Close it: moose circuits x'; const b = 'Use `moose show ID`.';",
  );
  expect(found).toEqual(['x.ts: Close it: moose circuits x']);
  const inserted = ['$', '{id}'].join('');
  expect(bareHints('x.ts', `const a = \`Next: moose retry ${inserted}\`;`)).toHaveLength(1);
});

/** What is printed to both streams. */
function listen(): () => string {
  let text = '';
  for (const stream of [process.stdout, process.stderr]) {
    const spy = vi.spyOn(stream, 'write').mockImplementation((chunk) => {
      text += String(chunk);
      return true;
    });
    onTestFinished(() => spy.mockRestore());
  }
  return () => text;
}

test('R-BASE-4: each way to print names commands as they are typed, and quotes what an agent printed', () => {
  rememberProgram('npm run moose --');
  rememberData('/tmp/demo');
  onTestFinished(() => {
    rememberProgram('moose');
    rememberData(undefined);
  });
  const printed = listen();
  const printer = createPrinter(false);
  const hint = 'see it with `moose diff c1`';
  printer.print({}, () => [hint]);
  printer.note(hint);
  printer.stream({}, () => hint);
  const about = { component: 'cli', operation: 'test', message: 'It failed', advice: hint } as const;
  printError(new PermanentError({ code: 'NO_SUCH', ...about }), false);
  expect(printed().match(/`npm run moose -- --data \/tmp\/demo diff c1`/g)).toHaveLength(4);
  printer.print({}, () => [`│ ${hint}`]);
  printer.stream({}, () => `10:00 lint │ ${hint}`);
  expect(printed().match(/`moose diff c1`/g)).toHaveLength(2);
});

test('R-BASE-4: usage errors and examples of the help can be typed in a checkout', async () => {
  rememberProgram('npm run moose --');
  onTestFinished(() => rememberProgram('moose'));
  const printed = listen();
  const program = createProgram({ version: '1' } as never);
  await expect(program.parseAsync(['show'], { from: 'user' })).rejects.toThrow();
  await expect(program.parseAsync(['schedule', 'add', '--help'], { from: 'user' })).rejects.toThrow();
  expect(printed()).toContain('run `npm run moose -- show --help`');
  expect(printed()).toContain('Usage: npm run moose -- schedule add');
  expect(printed()).toContain('  npm run moose -- schedule add flaky');
});

test('R-BASE-4: fear: a sentence loses the backticks of a command before the command is found', () => {
  const paths = globSync('src/{cli,demo}/**/*.ts', { cwd: rootPath }).filter(
    (path) => !path.endsWith('.test.ts'),
  );
  const bare = paths.filter((path) =>
    /\bwithoutCodeMarks\((?!asCalled\()/.test(readFileSync(`${rootPath}/${path}`, 'utf8')),
  );
  expect(paths.length).toBeGreaterThan(100);
  expect(bare).toEqual([]);
});
