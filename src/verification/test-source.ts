// The source of one test, found by its title, and what it looks at. Pure, and by text: it serves every language.

/** Words that say nothing about which test it is. */
const everyday = new Set(
  `it test describe suite context expect assert should equal equals be to not toBe toEqual toStrictEqual strictEqual
  deepEqual deepStrictEqual ok throws rejects resolves toThrow beforeEach afterEach beforeAll afterAll before after self
  require import from const let var function async await return def class if else for in of new this fn let mut use pub
  func t testing errorf fatalf fatal error true false null none nil undefined assert_eq assert_ne assertEqual assertTrue
  assertFalse assertThat assertEquals assertRaises is the a an and or with when then each parametrize pytest mark raises
  public void static final string int unit super mod println print each skip only todo`
    .split(/\s+/)
    .map((word) => word.toLowerCase()),
);

/** A comment, so that what it names is not taken for code. */
export function withoutComments(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, ' ')
    .replace(/(^|[^:'"`\\])\/\/[^\n]*/g, '$1')
    .replace(/^\s*#(?![[!]|include|define|if|endif|else)[^\n]*/gm, ' ');
}

/** The numbers, texts and called names in a piece of code. */
export function marksOf(code: string): Set<string> {
  const marks = new Set<string>();
  const text = withoutComments(code);
  for (const [, one, two, three] of text.matchAll(
    /'((?:[^'\\\n]|\\.){1,200})'|"((?:[^"\\\n]|\\.){1,200})"|`((?:[^`\\]|\\.){1,200})`/g,
  ))
    marks.add(`"${one ?? two ?? three}`);
  for (const [number] of text.matchAll(/(?<![\w.])-?\d[\d_.]*(?:e[+-]?\d+)?/gi)) marks.add(number);
  for (const [, name = ''] of text.matchAll(/([A-Za-z_]\w*)!?\s*\(/g))
    if (!everyday.has(name.toLowerCase())) marks.add(name);
  return marks;
}

const assertion =
  /\b(?:expect|assert\w*|should|verify|require|check)\b!?\s*[.(]|\bassert\b|^[ \t]*(?:assert|expect|check)\w*[ \t]+["'$\w-]|\bt\.(?:Error|Fatal|Fail|is|deepEqual|equal|ok|true|false|throws)\w*\s*\(|\b(?:Assert|XCTAssert)\w*[.(]|\.should\b|\bt\.(?:plan)\s*\(/gm;

/** How many assertions there are, counted by their words. */
export function assertionsIn(code: string): number {
  return [...withoutComments(code).matchAll(assertion)].length;
}

/** The title without the suites around it, and without the values of a case. */
export function titleOf(name: string): string {
  const last = name.split(/ > |::/).at(-1) ?? name;
  return last.replace(/\[.*\]$/s, '').trim();
}

/**
 * The source of the test with this name, from its title to the end of its body by indentation; null if the title is not
 * written there, for example because it is made at run time.
 */
export function testBlock(text: string, name: string): string | null {
  const title = titleOf(name);
  const isWritten = [
    title,
    title.replaceAll('_', ' '),
    title.split('/')[0],
    title.split(/[.:#]/).at(-1),
  ].some((each) => each && text.includes(each));
  if (title === '' || !isWritten) return null;
  const lines = text.split('\n');
  const escaped = (word: string) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const first = title.split('/')[0] ?? title;
  const quoted = (word: string) => new RegExp(`['"\`]${escaped(word)}['"\`]`);
  const declared = (word: string) =>
    new RegExp(
      `\\b(?:def|func|fn|fun|void|test|it|Task|function)\\s+(?:\\([^)]*\\)\\s*)?${escaped(word)}\\b|\\b${escaped(word)}\\s*\\(`,
    );
  const ways = [
    quoted(title),
    // Go names a case with underscores in place of blanks.
    quoted(title.replaceAll('_', ' ')),
    declared(title.split(/[.:#]/).at(-1) ?? title),
    quoted(first),
    declared(first),
  ];
  for (const way of ways) {
    const from = lines.findIndex((line) => way.test(line));
    if (from !== -1) return lines.slice(beginOf(lines, from), endOf(lines, from)).join('\n');
  }
  return null;
}

/** Decorators, attributes and the table of cases above the title belong to the test. */
function beginOf(lines: readonly string[], from: number): number {
  const indent = indentOf(lines[from] ?? '');
  const isTable = /^\s*[)\]`}]/.test(lines[from] ?? '');
  let at = from;
  while (at > 0) {
    const line = lines[at - 1] ?? '';
    const isOwn = /^\s*(?:@|#\[)/.test(line) || (isTable && indentOf(line) >= indent);
    const isInside = indentOf(line) > indent || /^\s*[)\]]+,?\s*$/.test(line);
    if (line.trim() === '' || !(isOwn || isInside) || /^\s*\}\)?;?\s*$/.test(line)) break;
    at -= 1;
    if (isTable && indentOf(line) === indent && !/^\s*[)\]`}]/.test(line)) break;
  }
  // What was passed without a decorator above it belongs to the test before.
  const above = lines.slice(at, from);
  return isTable || above.some((line) => /^\s*(?:@|#\[)/.test(line)) ? at : from;
}

function endOf(lines: readonly string[], from: number): number {
  const indent = indentOf(lines[from] ?? '');
  let at = from + 1;
  for (; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    if (line.trim() === '') continue;
    if (indentOf(line) > indent) continue;
    if (/^\s*[)}\]]/.test(line)) return at + 1;
    break;
  }
  return at;
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

const opensTest =
  /\b(?:it|test|describe|Deno\.test|context|specify|scenario)\b(?:\.\w+)*\s*\(|^\s*(?:async\s+)?def\s+test|^\s*class\s+Test|^func\s+(?:Test|Fuzz|Example)|#\[(?:\w+::)?test|@(?:Parameterized)?Test\b|\[(?:Fact|Theory|Test|TestMethod|TestCase)|^\s*@test\b|^\s*TEST(?:_F|_P)?\(|^\s*(?:public\s+)?function\s+test|^\s*Scenario:/gm;

/** How many tests and suites begin in a text. */
export function opensTests(text: string | null): number {
  return [...(text ?? '').matchAll(opensTest)].length;
}
