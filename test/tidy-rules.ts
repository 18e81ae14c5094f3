import { signalsCanAbort } from './signal-rule.ts';
import { isNode, lineAt, type Node, nameOf, type SourceFile } from './source-files.ts';
import { sqlInTheStore } from './sql-rule.ts';
import { writesSayHowLong } from './write-rule.ts';

// House rules that can be checked in a single file. `fixtures/planted-mess.ts` has planted violations of each rule;
// exceptions have a reason in `tidy-exceptions.ts`.

export interface Finding {
  line: number;
  what: string;
}

export interface TidyRule {
  name: string;
  /** Whether the rule applies to a path. */
  applies(path: string): boolean;
  find(file: SourceFile, nodes: readonly Node[]): Finding[];
}

/** A file or a function with more than this usually does two things. */
const fileLinesMax = 450;
const functionStatementsMax = 50;

const bannedWords = new Set(['util', 'utils', 'helper', 'helpers', 'common', 'misc', 'service', 'services']);
for (const word of ['handler', 'handlers']) bannedWords.add(word);

/** Names that the contract prescribes. */
const namesOfTheContract = new Set(['ExternalServiceError']);

const isCode = (path: string) => /\.(ts|tsx)$/.test(path);
const isTest = (path: string) => /\.test\.tsx?$/.test(path);
const isAny = () => true;

/** The output of real tools is quoted unchanged. */
const isOurText = (path: string) => !path.startsWith('src/classifier/') && path !== 'docs/spec.md';

function linesThat(match: RegExp, what: string) {
  return (file: SourceFile): Finding[] =>
    file.text.split('\n').flatMap((line, index) => (match.test(line) ? [{ line: index + 1, what }] : []));
}

function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
}

const fileLength: TidyRule = {
  name: 'file-length',
  applies: (path) => /\.(ts|tsx|sql)$/.test(path),
  find(file) {
    const count = file.text.trimEnd().split('\n').length;
    return count <= fileLinesMax ? [] : [{ line: count, what: `has ${count} lines of ${fileLinesMax}` }];
  },
};

const fileNames: TidyRule = {
  name: 'file-names',
  applies: (path) => /\.(ts|tsx|sql|css)$/.test(path),
  find(file) {
    const parts = file.path.split('/');
    const isKebab = parts.every((part) => /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*$/.test(part));
    const banned = parts.flatMap(wordsOf).filter((word) => bannedWords.has(word));
    return [
      ...(isKebab ? [] : [{ line: 1, what: 'is not in kebab-case' }]),
      ...banned.map((word) => ({ line: 1, what: `has '${word}' in its name` })),
    ];
  },
};

const declarations = new Map([
  ['FunctionDeclaration', 'id'],
  ['ClassDeclaration', 'id'],
  ['TSInterfaceDeclaration', 'id'],
  ['TSTypeAliasDeclaration', 'id'],
  ['MethodDefinition', 'key'],
]);

/** Names that a file declares; variables inside functions may follow other people's names. */
const declaredNames: TidyRule = {
  name: 'declared-names',
  applies: isCode,
  find: (file, nodes) =>
    [...nodes.filter((node) => declarations.has(node.type)), ...topVariables(nodes)].flatMap((node) => {
      const name = nameOf(node[declarations.get(node.type) ?? 'id']);
      if (name === null || namesOfTheContract.has(name)) return [];
      const isPrefixed = /^(TSInterface|TSTypeAlias|Class)/.test(node.type) && /^I[A-Z][a-z]/.test(name);
      const isBanned = isPrefixed || wordsOf(name).some((word) => bannedWords.has(word));
      return isBanned ? [{ line: lineAt(file.text, node.start), what: `declares the name '${name}'` }] : [];
    }),
};

function topVariables(nodes: readonly Node[]): Node[] {
  const statements = nodes.filter((node) => node.type === 'Program').flatMap((node) => listOf(node.body));
  const declared = statements.map((node) => (isNode(node.declaration) ? node.declaration : node));
  return declared
    .filter((node) => node.type === 'VariableDeclaration')
    .flatMap((node) => listOf(node.declarations));
}

function listOf(value: unknown): Node[] {
  return Array.isArray(value) ? value.filter(isNode) : [];
}

const statements = /(?<!Block|Empty)Statement$|^VariableDeclaration$|^(Function|Class)Declaration$/;

/** Counts statements, not lines: the parts of a long literal are one thing. Inner functions' statements count too. */
const functionLength: TidyRule = {
  name: 'function-length',
  applies: isCode,
  find(file, nodes) {
    const groups = nodes.filter((node) => isCallOf(node, file, /^describe\b/));
    const grouped = new Set(groups.flatMap((node) => listOf(node.arguments)));
    const starts = nodes.filter((node) => statements.test(node.type)).map((node) => node.start);
    return nodes
      .filter((node) => /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type))
      .filter((node) => !grouped.has(node))
      .flatMap((node) => {
        const count = starts.filter((start) => node.start < start && start < node.end).length;
        const what = `a function has ${count} statements of ${functionStatementsMax}`;
        return count <= functionStatementsMax ? [] : [{ line: lineAt(file.text, node.start), what }];
      });
  },
};

const noPromises: TidyRule = {
  name: 'no-unkept-promises',
  applies: isAny,
  find: linesThat(/\b(?:TO)DO\b|\b(?:FIX)ME\b/, 'leaves something for later'),
};

const noMachinePaths: TidyRule = {
  name: 'no-machine-paths',
  applies: isOurText,
  find: linesThat(
    /(?<![\w.~$}-])\/(home|Users|root|work|workspace)\/[\w.-]/,
    'names a folder of one machine',
  ),
};

const noRegistries: TidyRule = {
  name: 'no-registries',
  applies: isOurText,
  find: linesThat(
    /\bregistry\.[a-z0-9-]+\.[a-z]|\bartifactory\b|\bpypi\.org\b|\bpythonhosted\.org\b|\bcrates\.io\b|\bproxy\.golang\.org\b/i,
    'names the host of a registry',
  ),
};

/** Words that a reader has to read twice; CONTRIBUTING.md has better ones. Migrations are frozen, and tests quote. */
const plainWords: TidyRule = {
  name: 'plain-words',
  applies: (path) =>
    isOurText(path) &&
    /^(src|web|docs|README|ARCHITECTURE)/.test(path) &&
    !/\.(test|fixture)\.|\.sql$/.test(path),
  find: linesThat(
    /\b(anew|gone by|for good|mend(s|ed|ing)|befall|befell|waiting for you since|is not any more|on offer|for ever|put before a person)\b/i,
    'is not in plain English',
  ),
};

/**
 * A focused test hides the others; a skipped one needs a comment with the reason. The condition of `runIf` counts as
 * one.
 */
const noSilentSkips: TidyRule = {
  name: 'no-silent-skips',
  applies: isTest,
  find(file, nodes) {
    const lines = file.text.split('\n');
    return nodes.flatMap((node) => {
      if (
        node.type !== 'MemberExpression' ||
        !/^(test|it|describe)\b/.test(file.text.slice(node.start, node.end))
      ) {
        return [];
      }
      const line = lineAt(file.text, node.start);
      const property = nameOf(node.property);
      if (property === 'only') return [{ line, what: 'runs this test alone' }];
      const isSkip = property !== null && ['skip', 'todo', 'fails'].includes(property);
      const hasReason = [lines[line - 1], lines[line - 2]].some((each) => /\/\/ |\*\//.test(each ?? ''));
      return isSkip && !hasReason
        ? [{ line, what: 'leaves a test out without a comment that says why' }]
        : [];
    });
  },
};

const loops = /^(While|DoWhile|For|ForOf|ForIn)Statement$/;

/** Forbids waits for a fixed time. A wait must poll in a loop, or race with a deadline. */
const noSleeps: TidyRule = {
  name: 'no-sleeps',
  applies: isTest,
  find(file, nodes) {
    const within = (outer: Node, inner: Node) => outer.start <= inner.start && inner.end <= outer.end;
    const promises = nodes.filter(
      (node) => node.type === 'NewExpression' && nameOf(node.callee) === 'Promise',
    );
    const polls = nodes.filter((node) => loops.test(node.type) || isCallOf(node, file, /^Promise\.race$/));
    const sleeps = nodes.filter((node) => {
      if (
        node.type === 'AwaitExpression' &&
        isNode(node.argument) &&
        node.argument.type === 'CallExpression'
      ) {
        return /^(sleep|delay|setTimeout)$/.test(nameOf(node.argument.callee) ?? '');
      }
      if (node.type !== 'CallExpression' || nameOf(node.callee) !== 'setTimeout') return false;
      const resolves = promises.filter((promise) => within(promise, node)).map(firstParameter);
      return resolves.some((name) => name !== null && mentions(firstArgument(node), name, file));
    });
    return sleeps
      .filter((node) => !polls.some((loop) => within(loop, node)))
      .map((node) => ({
        line: lineAt(file.text, node.start),
        what: 'sleeps instead of waiting for a condition',
      }));
  },
};

function isCallOf(node: Node, file: SourceFile, callee: RegExp): boolean {
  if (node.type !== 'CallExpression' || !isNode(node.callee)) return false;
  return callee.test(file.text.slice(node.callee.start, node.callee.end));
}

function firstArgument(node: Node): unknown {
  return Array.isArray(node.arguments) ? node.arguments[0] : undefined;
}

/** The name of the resolver in a promise's executor. */
function firstParameter(promise: Node): string | null {
  const executor = firstArgument(promise);
  return isNode(executor) && Array.isArray(executor.params) ? nameOf(executor.params[0]) : null;
}

function mentions(node: unknown, name: string, file: SourceFile): boolean {
  return isNode(node) && new RegExp(`\\b${name}\\b`).test(file.text.slice(node.start, node.end));
}

const noModuleMocks: TidyRule = {
  name: 'no-module-mocks',
  applies: isTest,
  find: (file, nodes) =>
    nodes
      .filter((node) => node.type === 'MemberExpression' && nameOf(node.object) === 'vi')
      .filter((node) => /^(mock|doMock)$/.test(nameOf(node.property) ?? ''))
      .map((node) => ({ line: lineAt(file.text, node.start), what: 'puts a mock in the place of a module' })),
};

/**
 * Forbids facts about objects in maps keyed by identity: a copy of the object, or code elsewhere, finds nothing in such
 * a map.
 */
const noStateByIdentity: TidyRule = {
  name: 'no-state-by-identity',
  applies: (path) => path.startsWith('src/') && isCode(path) && !isTest(path),
  find: (file, nodes) =>
    topVariables(nodes).flatMap(({ init, start }) => {
      const made = isNode(init) && init.type === 'NewExpression' ? nameOf(init.callee) : null;
      if (made !== 'WeakMap' && made !== 'WeakSet') return [];
      return [
        { line: lineAt(file.text, start), what: `keeps what it knows of objects in a ${made} of the module` },
      ];
    }),
};

/** Nothing is gained but vertical space, and a reader takes it for an override. */
const noInlineSpreads: TidyRule = {
  name: 'no-inline-spreads',
  applies: isCode,
  find: (file, nodes) =>
    nodes
      .filter((node) => node.type === 'ObjectExpression')
      .flatMap((node) => listOf(node.properties))
      .filter((node) => node.type === 'SpreadElement')
      .filter((node) => isNode(node.argument) && node.argument.type === 'ObjectExpression')
      .map((node) => ({ line: lineAt(file.text, node.start), what: 'spreads a literal into a literal' })),
};

/** Every requirement that is cited must exist in the contract. */
export function knownRequirements(contract: string): TidyRule {
  const known = new Set(contract.match(/\bR-[A-Z]+-\d+\b/g));
  return {
    name: 'known-requirements',
    applies: isAny,
    find: (file) =>
      file.text.split('\n').flatMap((text, index) => {
        const cited = text.match(/\bR-[A-Z]+-\d+\b/g) ?? [];
        return cited.filter((id) => !known.has(id)).map((id) => ({ line: index + 1, what: `cites ${id}` }));
      }),
  };
}

/** Each alert logs its decision (R-ESC-1): only one function of the engine writes one. */
const alertsAreLogged: TidyRule = {
  name: 'alerts-are-logged',
  applies: (path) =>
    /^src\/.*\.ts$/.test(path) &&
    !/\.(test|fixture)\.ts$/.test(path) &&
    !['src/store/failures/alerts.ts', 'src/engine/errors/raise-with.ts'].includes(path),
  find: linesThat(
    /\braiseAlert\b/,
    'raises an alert without its decision: use raiseAndNotify or raiseQuietly',
  ),
};

export const tidyRules: readonly TidyRule[] = [
  fileLength,
  fileNames,
  declaredNames,
  functionLength,
  noPromises,
  noMachinePaths,
  noRegistries,
  plainWords,
  noSilentSkips,
  noSleeps,
  noModuleMocks,
  sqlInTheStore,
  noStateByIdentity,
  noInlineSpreads,
  writesSayHowLong,
  signalsCanAbort,
  alertsAreLogged,
];
