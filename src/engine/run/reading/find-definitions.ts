// Finds the definitions in a file, line by line, with a table of patterns for each language. It does not
// parse the language: it accepts definitions in comments, and misses those that span lines. Pure, and linear
// in the length of the text.
import { extensionOf } from './file-roles.ts';
import { copyOf } from './words.ts';

export interface Definition {
  name: string;
  /** From 0. */
  line: number;
}

/** A longer line was not written by a person. */
const lineCharsMax = 400;
/** The maximum per file: the first entries of a long table of constants are enough. */
const definitionsMax = 1_000;

const name = '([A-Za-z_$][\\w$]*)';
const patterns = (...sources: string[]) => sources.map((source) => new RegExp(source));

const script = patterns(
  `^\\s*(?:export\\s+)?(?:default\\s+)?(?:declare\\s+)?(?:abstract\\s+)?(?:async\\s+)?(?:function\\s*\\*?|class|interface|type|enum|namespace|module)\\s+${name}`,
  `^(?:export\\s+)?(?:declare\\s+)?(?:const|let|var)\\s+${name}`,
  `^\\s+(?:const|let|var)\\s+${name}\\s*=\\s*(?:async\\s*)?(?:function|\\([^)]*\\)\\s*(?::[^=]*)?=>)`,
  `^\\s+(?:(?:public|private|protected|static|async|override|readonly|get|set|abstract)\\s+|\\*\\s*)*#?${name}\\s*(?:<[^>]*>)?\\([^;]*\\{\\s*$`,
  `^(?:module\\.)?exports\\.${name}\\s*=`,
  `^[A-Za-z_$][\\w$]*(?:\\.prototype)?\\.${name}\\s*=\\s*(?:async\\s*)?function`,
);
const python = patterns(`^\\s*(?:async\\s+)?(?:def|class)\\s+${name}`, `^${name}\\s*(?::[^=]*)?=[^=]`);
const go = patterns(
  `^func\\s+(?:\\([^)]*\\)\\s*)?${name}`,
  `^(?:type|var|const)\\s+${name}`,
  `^\\t${name}\\s+(?:struct|interface|func)\\b`,
);
const rust = patterns(
  `^\\s*(?:pub(?:\\([^)]*\\))?\\s+)?(?:default\\s+)?(?:const\\s+|async\\s+|unsafe\\s+|extern\\s+(?:"[^"]*"\\s+)?)*(?:fn|struct|enum|trait|union|type|mod|static|const)\\s+(?:mut\\s+)?${name}`,
  `^\\s*macro_rules!\\s*${name}`,
);
/** Java, C#, Kotlin, Scala, Dart, Swift and PHP declare types in the same words. */
const typeDeclaration = `^\\s*(?:[a-z@]+\\s+){0,6}(?:class|interface|enum|record|struct|trait|object|protocol|extension|@interface|namespace)\\s+${name}`;
/**
 * Matches the blanks and stars between a type and a name. It is unambiguous: otherwise a line of stars would take a
 * second.
 */
const toName = '(?:(?<=[*&])(?:\\s+[*&]*)?|\\s+(?:[*&]+(?:\\s+[*&]*)?)?)';
const member = `^\\s*(?:(?:public|private|protected|internal|static|final|abstract|override|virtual|async|synchronized|native|default|sealed|readonly|unsafe|extern|partial|new)\\s+)*(?!(?:return|new|throw|else|await|case|using|package|import|goto)\\b)(?:<[^>]*>\\s*)?[A-Za-z_][\\w.<>,?&*:\\[\\]]*${toName}${name}\\s*\\([^;]*$`;
const java = patterns(typeDeclaration, member);
const kotlin = patterns(
  typeDeclaration,
  `^\\s*(?:[a-z@]+\\s+){0,6}(?:fun|func|def)\\s+(?:<[^>]*>\\s*)?(?:[\\w<>?]+\\.)?${name}`,
  `^\\s{0,4}(?:[a-z]+\\s+){0,4}(?:val|var|let|typealias)\\s+${name}`,
);
const c = patterns(
  `^\\s*(?:typedef\\s+)?(?:class|struct|union|enum(?:\\s+class)?|namespace)\\s+(?:[A-Z_]+\\s+)?${name}\\s*(?:final\\s*)?(?:[:{]|$)`,
  `^\\s*#\\s*define\\s+${name}`,
  `^(?!\\s*(?:return|else|case|goto|throw|delete|new)\\b)\\s{0,4}(?:[A-Za-z_][\\w:<>,]*[\\s*&]+)+(?:[A-Za-z_]\\w*::)*~?${name}\\s*\\([^;]*$`,
  `^(?:[A-Za-z_]\\w*::)+~?${name}\\s*\\([^;]*$`,
  `^\\}\\s*${name}\\s*;`,
);
const ruby = patterns(
  `^\\s*(?:def\\s+(?:self\\.)?|class\\s+|module\\s+)(?:\\w+::)*${name}`,
  `^\\s*([A-Z]\\w*)\\s*=[^=~]`,
);
const php = patterns(
  typeDeclaration,
  `^\\s*(?:(?:public|private|protected|static|final|abstract)\\s+)*function\\s+&?${name}`,
  `^\\s*(?:(?:public|private|protected|final)\\s+)*const\\s+${name}`,
);
const shell = patterns(`^\\s*(?:function\\s+)?${name}\\s*\\(\\)`);
const sql = patterns(
  `^\\s*(?:create|CREATE)\\s+(?:or\\s+replace\\s+|OR\\s+REPLACE\\s+)?(?:unique\\s+|UNIQUE\\s+)?(?:table|view|index|function|trigger|type|procedure|TABLE|VIEW|INDEX|FUNCTION|TRIGGER|TYPE|PROCEDURE)\\s+(?:(?:if not exists|IF NOT EXISTS)\\s+)?(?:\\w+\\.)?${name}`,
);
/** For all other languages: a common keyword for declarations, then a name. */
const other = patterns(
  `^\\s*(?:[a-z]+\\s+){0,3}(?:function|def|defp|defmodule|class|fn|func|fun|interface|type|struct|enum|trait|module|object|record|sub|proc|message|rpc)\\s+(?:\\w+\\.)*${name}`,
);

const languages: ReadonlyArray<readonly [extensions: string, patterns: readonly RegExp[]]> = [
  ['js jsx mjs cjs ts tsx mts cts vue svelte', script],
  ['py pyi', python],
  ['go', go],
  ['rs', rust],
  ['java cs groovy', java],
  ['kt kts scala swift dart', kotlin],
  ['c h cc cpp cxx hh hpp hxx m mm', c],
  ['rb rake', ruby],
  ['php', php],
  ['sh bash', shell],
  ['sql', sql],
  ['ex exs erl hs lua pl pm jl zig nim proto graphql fs vb', other],
];
const byExtension = new Map(
  languages.flatMap(([extensions, wanted]) => extensions.split(' ').map((each) => [each, wanted] as const)),
);

/** Keywords in the position of a name, in statements that look like definitions. */
const noNames = new Set(
  'if for while switch catch return function with elif else match when unless until do try new await typeof sizeof defined constructor self this super true false null None'.split(
    ' ',
  ),
);

export function findDefinitions(path: string, text: string): Definition[] {
  const wanted = byExtension.get(extensionOf(path));
  if (wanted === undefined) return [];
  const found: Definition[] = [];
  let line = 0;
  for (let start = 0; start < text.length && found.length < definitionsMax; line++) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    if (end > start && end - start <= lineCharsMax) {
      const name = nameIn(text.slice(start, end), wanted);
      if (name !== undefined) found.push({ name: copyOf(name), line });
    }
    start = end + 1;
  }
  return found;
}

function nameIn(line: string, wanted: readonly RegExp[]): string | undefined {
  for (const pattern of wanted) {
    const name = pattern.exec(line)?.[1];
    if (name !== undefined && !noNames.has(name)) return name;
  }
  return undefined;
}
