// The languages whose sources are read as syntax trees, as data. A language that is not here is judged by runs alone
// (R-GREEN-15).

/** How the parts that the judgement reads are called in the grammar of a language. */
export interface SourceLanguage {
  /** For people. */
  name: string;
  /** The file of its grammar. */
  grammar: string;
  /** Endings of its files, in lower case. */
  endings: readonly string[];
  comments: readonly string[];
  /** Comments that are documentation: what stands in them is for readers, and for doctests. */
  documents: RegExp | null;
  strings: readonly string[];
  /** Numbers, and what is written as a word and is a value: `true`, `nil`. */
  values: readonly string[];
  functions: readonly string[];
  calls: readonly string[];
  /** What stands between the brackets of a call. */
  given: readonly string[];
  /** Statements that compare and fail, without being a call. */
  asserts: readonly string[];
  /** What may leave out what stands in it. */
  branches: readonly string[];
  /** What catches an error. */
  catches: readonly string[];
  /** Code that names another file or package. */
  imports: readonly string[];
  /** What is written above a function or a class. */
  marks: readonly string[];
  /** A name declared in one file of a folder or a package is known in its others without an import. */
  sharesNames: boolean;
}

const c = {
  comments: ['comment'],
  documents: /^\/\*\*/,
  given: ['arguments', 'argument_list'],
  asserts: [] as string[],
  marks: [] as string[],
  sharesNames: false,
};

const script: Omit<SourceLanguage, 'name' | 'grammar' | 'endings'> = {
  ...c,
  strings: ['string', 'template_string'],
  values: ['number', 'true', 'false', 'null', 'undefined', 'regex'],
  functions: [
    'function_declaration',
    'generator_function_declaration',
    'function_expression',
    'generator_function',
    'arrow_function',
    'method_definition',
  ],
  calls: ['call_expression', 'new_expression'],
  branches: ['if_statement', 'switch_statement', 'ternary_expression', 'try_statement', 'return_statement'],
  catches: ['catch_clause'],
  imports: ['import_statement', 'export_statement'],
  marks: ['decorator'],
};

export const languages = {
  javascript: { ...script, name: 'JavaScript', grammar: 'javascript', endings: ['js', 'mjs', 'cjs', 'jsx'] },
  typescript: { ...script, name: 'TypeScript', grammar: 'typescript', endings: ['ts', 'mts', 'cts'] },
  tsx: { ...script, name: 'TypeScript', grammar: 'tsx', endings: ['tsx'] },
  python: {
    ...c,
    name: 'Python',
    grammar: 'python',
    endings: ['py', 'pyi'],
    documents: null,
    strings: ['string', 'concatenated_string'],
    values: ['integer', 'float', 'true', 'false', 'none'],
    functions: ['function_definition', 'lambda'],
    calls: ['call'],
    given: ['argument_list', 'generator_expression'],
    asserts: ['assert_statement'],
    branches: [
      'if_statement',
      'try_statement',
      'conditional_expression',
      'match_statement',
      'return_statement',
    ],
    catches: ['except_clause', 'except_group_clause'],
    imports: ['import_statement', 'import_from_statement'],
    marks: ['decorator'],
  },
  go: {
    ...c,
    name: 'Go',
    grammar: 'go',
    endings: ['go'],
    documents: null,
    strings: ['interpreted_string_literal', 'raw_string_literal', 'rune_literal'],
    values: ['int_literal', 'float_literal', 'imaginary_literal', 'true', 'false', 'nil'],
    functions: ['function_declaration', 'method_declaration', 'func_literal'],
    calls: ['call_expression'],
    branches: ['if_statement', 'expression_switch_statement', 'return_statement', 'select_statement'],
    catches: [],
    imports: ['import_spec'],
    sharesNames: true,
  },
  rust: {
    ...c,
    name: 'Rust',
    grammar: 'rust',
    endings: ['rs'],
    comments: ['line_comment', 'block_comment'],
    documents: /^\/\/[/!]|^\/\*[*!]/,
    strings: ['string_literal', 'raw_string_literal', 'char_literal'],
    values: ['integer_literal', 'float_literal', 'boolean_literal'],
    functions: ['function_item', 'closure_expression'],
    calls: ['call_expression', 'macro_invocation'],
    given: ['arguments', 'token_tree'],
    branches: ['if_expression', 'match_expression', 'return_expression'],
    catches: [],
    imports: ['use_declaration', 'mod_item', 'extern_crate_declaration'],
    marks: ['attribute_item', 'inner_attribute_item'],
  },
  java: {
    ...c,
    name: 'Java',
    grammar: 'java',
    endings: ['java'],
    comments: ['line_comment', 'block_comment'],
    strings: ['string_literal', 'character_literal', 'text_block'],
    values: [
      'decimal_integer_literal',
      'hex_integer_literal',
      'decimal_floating_point_literal',
      'true',
      'false',
      'null_literal',
    ],
    functions: ['method_declaration', 'constructor_declaration', 'lambda_expression'],
    calls: ['method_invocation', 'object_creation_expression'],
    asserts: ['assert_statement'],
    branches: [
      'if_statement',
      'switch_expression',
      'ternary_expression',
      'try_statement',
      'return_statement',
    ],
    catches: ['catch_clause'],
    imports: ['import_declaration'],
    marks: ['annotation', 'marker_annotation'],
    sharesNames: true,
  },
  ruby: {
    ...c,
    name: 'Ruby',
    grammar: 'ruby',
    endings: ['rb', 'rake'],
    documents: null,
    strings: ['string', 'simple_symbol', 'heredoc_body'],
    values: ['integer', 'float', 'true', 'false', 'nil', 'regex'],
    functions: ['method', 'singleton_method', 'lambda'],
    calls: ['call'],
    given: ['argument_list'],
    branches: ['if', 'unless', 'case', 'begin', 'conditional', 'if_modifier', 'unless_modifier', 'return'],
    catches: ['rescue', 'rescue_modifier'],
    imports: [],
    sharesNames: true,
  },
  php: {
    ...c,
    name: 'PHP',
    grammar: 'php',
    endings: ['php'],
    strings: ['string', 'encapsed_string', 'heredoc'],
    values: ['integer', 'float', 'boolean', 'null'],
    functions: ['function_definition', 'method_declaration', 'anonymous_function', 'arrow_function'],
    calls: [
      'function_call_expression',
      'member_call_expression',
      'scoped_call_expression',
      'object_creation_expression',
    ],
    branches: [
      'if_statement',
      'switch_statement',
      'conditional_expression',
      'try_statement',
      'return_statement',
    ],
    catches: ['catch_clause'],
    imports: [
      'namespace_use_declaration',
      'require_expression',
      'require_once_expression',
      'include_expression',
      'include_once_expression',
    ],
    marks: ['attribute_list'],
    sharesNames: true,
  },
  csharp: {
    ...c,
    name: 'C#',
    grammar: 'c-sharp',
    endings: ['cs'],
    documents: /^\/\/\//,
    strings: [
      'string_literal',
      'verbatim_string_literal',
      'interpolated_string_expression',
      'character_literal',
    ],
    values: ['integer_literal', 'real_literal', 'boolean_literal', 'null_literal'],
    functions: [
      'method_declaration',
      'constructor_declaration',
      'local_function_statement',
      'lambda_expression',
      'anonymous_method_expression',
    ],
    calls: ['invocation_expression', 'object_creation_expression'],
    branches: [
      'if_statement',
      'switch_statement',
      'conditional_expression',
      'try_statement',
      'return_statement',
    ],
    catches: ['catch_clause'],
    imports: ['using_directive'],
    marks: ['attribute_list'],
    sharesNames: true,
  },
  shell: {
    ...c,
    name: 'shell',
    grammar: 'bash',
    endings: ['sh', 'bash'],
    documents: null,
    strings: ['string', 'raw_string', 'heredoc_body'],
    values: ['number'],
    functions: ['function_definition'],
    calls: ['command'],
    given: [],
    branches: ['if_statement', 'case_statement'],
    catches: [],
    imports: [],
  },
} as const satisfies Record<string, SourceLanguage>;

export type LanguageName = keyof typeof languages;

const byEnding = new Map<string, LanguageName>(
  (Object.entries(languages) as Array<[LanguageName, SourceLanguage]>).flatMap(([name, { endings }]) =>
    endings.map((ending) => [ending, name] as const),
  ),
);

const interpreters: ReadonlyArray<readonly [RegExp, LanguageName]> = [
  [/\b(?:ba|da|k|z)?sh\b/, 'shell'],
  [/\bpython[\d.]*\b/, 'python'],
  [/\b(?:node|bun|deno)\b/, 'javascript'],
  [/\bruby\b/, 'ruby'],
  [/\bphp\b/, 'php'],
];

/**
 * Null for a file that is no source of these languages.
 *
 * @param text a file without an ending says in its first line what runs it
 */
export function languageOf(path: string, text?: string | null): LanguageName | null {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  if (dot > 0) return byEnding.get(name.slice(dot + 1).toLowerCase()) ?? null;
  if (!text?.startsWith('#!')) return null;
  const [first = ''] = text.slice(0, 200).split('\n');
  return interpreters.find(([pattern]) => pattern.test(first))?.[1] ?? null;
}
