// Where a commit defines symbols, and which files mention them, with a few calls of `git grep`, however many files
// there are.
import { type GitCall, runGit } from './run-git.ts';

export interface SymbolPlaces {
  /** For each file, the symbols that it seems to define. */
  defined: ReadonlyMap<string, ReadonlySet<string>>;
  /** Files that mention one of the symbols. */
  mentioned: ReadonlySet<string>;
}

/** A longer search is aborted, because its result is not worth the wait. */
const searchTimeoutMs = 30_000;
const outputBytesMax = 16 * 1024 * 1024;
/** The maximum per file: a table of thousands of constants tells no more than its first lines. */
const perFileMax = 20;

/** Skips generated files with lines of megabytes. */
const written = ['.', ':(exclude,glob)**/*.min.*', ':(exclude,glob)**/*.map', ':(exclude,glob)**/*lock*'];

const keywords =
  '(function[*]?|def|class|fn|func|fun|interface|type|struct|enum|trait|const|let|var|val|module|object|record|sub|proc|macro_rules!)';

/** Patterns for lines that define one of the names in various languages, as extended regular expressions. */
function definitionPatterns(names: readonly string[]): string[] {
  const name = `(${names.join('|')})`;
  const end = '([^A-Za-z0-9_]|$)';
  return [
    `(^|[^A-Za-z0-9_])${keywords}[[:space:]]+${name}${end}`,
    // Go methods.
    `^func[[:space:]]+\\([^)]*\\)[[:space:]]*${name}${end}`,
    `(^|[^A-Za-z0-9_.])${name}[[:space:]]*[:=][[:space:]]*(async[[:space:]]*)?(function|\\()`,
    // Methods and functions without a keyword: `int total(…)`, ` async total(…) {`.
    `^[[:space:]]*([A-Za-z_][][A-Za-z0-9_<>,.*&?]*[[:space:]]+)+[*&]?${name}[[:space:]]*\\(`,
    `^[[:space:]]+(async[[:space:]]+)?${name}\\(.*\\{[[:space:]]*$`,
  ];
}

/** If more files contain a name, they are not searched for definitions: such a name says little. */
const lookedAtMax = 1_000;

/**
 * `names`: symbols of letters, digits and underscores; `sought`: those whose mere mention counts. Plain words are
 * searched first, which is fast, then patterns in the files that contain one.
 */
export async function findSymbols(
  repositoryPath: string,
  commit: string,
  { names, sought }: { names: readonly string[]; sought: readonly string[] },
  signal?: AbortSignal,
): Promise<SymbolPlaces> {
  const call: GitCall = {
    signal,
    okExitCodes: [0, 1],
    timeoutMs: searchTimeoutMs,
    maxOutputBytes: outputBytesMax,
  };
  const inCommit = (path: string) => path.slice(commit.length + 1);
  const grep = async (options: readonly string[], patterns: readonly string[], paths: readonly string[]) => {
    const wanted = patterns.flatMap((pattern) => ['-e', pattern]);
    const search = ['grep', '-I', '-z', ...options, ...wanted, commit, '--', ...paths];
    return (await runGit(repositoryPath, search, call)).stdout;
  };
  const filesWith = async (words: readonly string[]): Promise<string[]> => {
    if (words.length === 0) return [];
    const found = await grep(['-F', '-w', '-l'], words, written);
    return found.split('\0').filter(Boolean).map(inCommit);
  };
  const mentioned = await filesWith(sought);
  const others = await filesWith(names.filter((name) => !sought.includes(name)));
  const lookedAt = [...new Set([...mentioned, ...others])].slice(0, lookedAtMax);
  const lines =
    lookedAt.length === 0
      ? ''
      : await grep(
          ['-E', '-o', `--max-count=${perFileMax}`],
          definitionPatterns(names),
          lookedAt.map((path) => `:(literal)${path}`),
        );
  return { defined: definedIn(lines, names, inCommit), mentioned: new Set(mentioned) };
}

function definedIn(
  output: string,
  names: readonly string[],
  inCommit: (path: string) => string,
): Map<string, Set<string>> {
  const wanted = new Set(names);
  const defined = new Map<string, Set<string>>();
  for (const line of output.split('\n')) {
    const [path, said] = line.split('\0');
    if (path === undefined || said === undefined) continue;
    const found = (said.match(/\w+/g) ?? []).filter((word) => wanted.has(word));
    const known = defined.get(inCommit(path)) ?? new Set();
    for (const name of found) known.add(name);
    defined.set(inCommit(path), known);
  }
  return defined;
}
