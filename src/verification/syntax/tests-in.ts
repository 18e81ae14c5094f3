// The tests in a source, and what they demand. A test is known by how its language or its runner's contract writes it;
// what is not known as a test here is known by the runner's report, or stays evidence because nobody knows it.
import { languages } from './languages.ts';
import { around, type SyntaxNode, type SyntaxTree, within } from './parse-source.ts';
import { calleeOf, functionsIn, givenIn, is, literalOf, textOf } from './read-tree.ts';

export interface TestBlock {
  /** As a report names it, without its file and without the case: the titles from the outermost suite. */
  name: string;
  title: string;
  node: SyntaxNode;
  /** Runs, but tests nothing itself. */
  isSuite: boolean;
}

const opensTest =
  /^(?:QUnit\.|Deno\.|tap\.|t\.|test\.|suite\.|node\.)?(?:it|test|specify|scenario|fit|xit|ftest|xtest|step|check|property|bench|prop)(?:\.\w+)*(?:\(\))?(?:\.\w+)*$/;
const opensSuite =
  /^(?:test\.|QUnit\.)?(?:describe|context|suite|feature|fdescribe|xdescribe|module|RSpec\.describe|shared_examples)(?:\.\w+)*(?:\(\))?(?:\.\w+)*$/;
const isTestMark =
  /\b(?:\w*Test(?:Case|Method|Factory|Template)?|Fact|Theory|Property|Scenario|rstest|test_case|bench|Benchmark|wasm_bindgen_test|quickcheck|proptest|DataProvider)\b|::test\b|\[test\b|\btest\]/;

/** Titles and bodies, from the outermost suite. */
export function testsIn(tree: SyntaxTree): TestBlock[] {
  const { language } = tree;
  if (language === 'javascript' || language === 'typescript' || language === 'tsx') return titled(tree);
  const found = language === 'ruby' ? titled(tree) : [];
  const seen = new Set(found.map(({ node }) => node));
  for (const { name, node } of functionsIn(tree))
    if (!seen.has(node) && isTestFunction(tree, node, name) && !isNested(tree, node))
      found.push({
        name: name.replaceAll('.', ' > '),
        title: name.slice(name.lastIndexOf('.') + 1),
        node: withMarks(tree, node),
        isSuite: false,
      });
  if (language === 'shell')
    for (const [line, title = ''] of tree.text.matchAll(/^@test\s+["']?([^"'\n{]+)["']?\s*\{/gm))
      found.push({ name: title, title, node: tree.root, isSuite: line === '' });
  return found;
}

function isTestFunction(tree: SyntaxTree, node: SyntaxNode, name: string): boolean {
  const own = name.slice(name.lastIndexOf('.') + 1);
  const marks = marksAbove(tree, node);
  switch (tree.language) {
    case 'python':
      return /^test/.test(own) && node.type === 'function_definition';
    case 'go':
      return /^(?:Test|Benchmark|Fuzz|Example)(?![a-z])/.test(own) && node.type === 'function_declaration';
    case 'rust':
      return /#\[(?:\w+::)*(?:test|rstest|test_case|bench|quickcheck|wasm_bindgen_test|proptest)\b/.test(
        marks,
      );
    case 'java':
    case 'csharp':
      return isTestMark.test(marks);
    case 'php':
      return (
        /^test/.test(own) || /#\[\s*(?:\w+\\)*Test\b/.test(marks) || /@test\b/.test(commentAbove(tree, node))
      );
    case 'ruby':
      return /^test_/.test(own);
    case 'shell':
      return /^test/.test(own);
    default:
      return false;
  }
}

/** In the body of another function: no runner finds it. */
const isNested = (tree: SyntaxTree, node: SyntaxNode) =>
  [...around(node)].some((each) => is(tree.language, 'functions', each));

/** Attributes, annotations and decorators of a function. */
export function marksAbove(tree: SyntaxTree, node: SyntaxNode): string {
  return markNodes(tree, node)
    .map((each) => textOf(tree, each))
    .join('\n');
}

function markNodes(tree: SyntaxTree, node: SyntaxNode): SyntaxNode[] {
  const marks: SyntaxNode[] = [];
  const beside = node.parent?.parts ?? [];
  for (let at = beside.indexOf(node) - 1; at >= 0; at -= 1) {
    const each = beside[at] as SyntaxNode;
    if (is(tree.language, 'marks', each)) marks.unshift(each);
    else if (!is(tree.language, 'comments', each)) break;
  }
  for (const part of node.parts)
    if (/modifiers|attribute/.test(part.type) || is(tree.language, 'marks', part)) marks.push(part);
  return marks;
}

function commentAbove(tree: SyntaxTree, node: SyntaxNode): string {
  const beside = node.parent?.parts ?? [];
  const before = beside[beside.indexOf(node) - 1];
  return before && is(tree.language, 'comments', before) ? textOf(tree, before) : '';
}

/** From its first mark on, as one node. */
function withMarks(tree: SyntaxTree, node: SyntaxNode): SyntaxNode {
  if (node.parent?.type === 'decorated_definition') return node.parent;
  const [first] = markNodes(tree, node);
  return first && first.from < node.from ? { ...node, from: first.from } : node;
}

/** `it('title', () => …)`, and the same in Ruby with a block. */
function titled(tree: SyntaxTree): TestBlock[] {
  const found: TestBlock[] = [];
  const titles = new Map<SyntaxNode, string>();
  const usesTool = importsTestTool(tree);
  // Such as a script that measures, with a function `bench` of its own.
  const own = new Set(usesTool ? [] : functionsIn(tree).map(({ name }) => name));
  for (const node of within(tree.root)) {
    if (!is(tree.language, 'calls', node) || node.type === 'new_expression') continue;
    const callee = calleeOf(tree, node);
    const isSuite = opensSuite.test(callee);
    if ((!isSuite && !opensTest.test(callee)) || own.has(callee.split('.')[0] ?? '')) continue;
    const given = givenIn(tree, node);
    const isBlock = node.parts.some(({ field }) => field === 'block');
    const [first] = given;
    if (first === undefined) continue;
    const isRun =
      isBlock || given.some((each) => is(tree.language, 'functions', each)) || (usesTool && given.length > 1);
    if (!isRun && !(usesTool && /\b(?:todo|skip)\b/.test(callee))) continue;
    const title = literalOf(tree, first) ?? templateOf(tree, first);
    titles.set(node, title);
    const outer = [...around(node)].flatMap((each) => titles.get(each) ?? []).reverse();
    found.push({ name: [...outer, title].join(' > '), title, node, isSuite });
  }
  return found;
}

/** Stands for what is only known at run time. */
const hole = `${'$'}{}`;

/** A title with holes, which a report shows filled. */
function templateOf(tree: SyntaxTree, node: SyntaxNode): string {
  const text = textOf(tree, node);
  if (!/^binary/.test(node.type)) return text.replace(/^[`"']|[`"']$/g, '');
  const pieces = [...within(node)].filter(
    (each) => each.parent?.type.startsWith('binary') && each.isNamed && !each.type.startsWith('binary'),
  );
  return pieces.map((each) => literalOf(tree, each) ?? hole).join('');
}

/** A title that is put together at run time matches whatever stands in its holes. */
export function isTitle(pattern: string, title: string): boolean {
  if (pattern === title) return true;
  if (!/[$%{#]/.test(pattern)) return false;
  const parts = pattern
    .split(/\$\{[^}]*\}|%[a-zA-Z#$]|\$[\w.]+|\{[^}]*\}|#\{[^}]*\}/)
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return (
    parts.length > 1 && parts.join('').trim() !== '' && new RegExp(`^${parts.join('.*')}$`, 's').test(title)
  );
}

/** Parts of the source that test, whatever else stands in it: their outermost nodes. */
export function testPartsIn(tree: SyntaxTree): SyntaxNode[] {
  const { language } = tree;
  const parts: SyntaxNode[] = testsIn(tree).map(({ node }) => node);
  for (const node of within(tree.root)) {
    if (
      language === 'rust' &&
      node.type === 'mod_item' &&
      /cfg\((?:all\([^)]*|any\([^)]*)?\btest\b/.test(marksAbove(tree, node))
    )
      parts.push(withMarks(tree, node));
    if (
      (language === 'javascript' || language === 'typescript' || language === 'tsx') &&
      node.type === 'if_statement' &&
      /import\.meta\.vitest/.test(textOf(tree, node.parts.find(({ field }) => field === 'condition') ?? node))
    )
      parts.push(node);
    if (
      language === 'python' &&
      node.type === 'class_definition' &&
      /TestCase\b|^class\s+Test/.test(textOf(tree, node).slice(0, 200))
    )
      parts.push(node);
  }
  const sorted = parts.sort((a, b) => a.from - b.from || b.to - a.to);
  const outermost: SyntaxNode[] = [];
  for (const part of sorted) if (part.from >= (outermost.at(-1)?.to ?? 0)) outermost.push(part);
  return outermost;
}

/** Whether the source as a whole is a test: all that it does beside imports and helpers is in tests. */
export function declaresTests(tree: SyntaxTree): boolean {
  return testsIn(tree).length > 0 || importsTestTool(tree);
}

const testTools =
  /^(?:node:test|bun:test|vitest|@jest\/globals|jest|mocha|ava|tape|tap|uvu|qunit|jasmine|chai|@playwright\/test|cypress|fast-check|sinon|supertest|@testing-library\/.*|pytest|unittest(?:\..*)?|hypothesis|nose2?|mock|testing|github\.com\/stretchr\/testify(?:\/.*)?|org\.junit\..*|org\.testng\..*|org\.mockito\..*|Xunit|NUnit\.Framework|Microsoft\.VisualStudio\.TestTools\..*|minitest.*|rspec.*|test\/unit|PHPUnit\\.*|Tests?\\.*|rstest.*|proptest.*)$/;

/** A source that imports what only tests use is no product. */
export function importsTestTool(tree: SyntaxTree): boolean {
  const { language } = tree;
  for (const node of within(tree.root)) {
    if (!is(language, 'imports', node)) continue;
    const text = [...within(node)].find((each) => is(language, 'strings', each));
    const words = text ? [literalOf(tree, text) ?? ''] : (textOf(tree, node).match(/[\w.:\\/@-]+/g) ?? []);
    if (words.some((word) => testTools.test(word) && word !== 'Test')) return true;
  }
  return false;
}

export interface Demand {
  /** What compares: `expect().toEqual`, `assert ==`. */
  what: string;
  /** It compares with a value for equality. */
  isExact: boolean;
  /** It names a value of its own, not one that it computes. */
  hasValue: boolean;
  node: SyntaxNode;
}

const demands =
  /^(?:expect|assert\w*|should\w*|require|verify\w*|check|ensure|ok|is|t|c|self|this|\$this|Assert|StringAssert|CollectionAssert|cy|chai|sinon|tap|test)(?:\(\))?[.:>!-]|^(?:expect|assert\w*|ok|equal\w*|same|fail\w*|must\w*|verify\w*|ensure\w*|check\w*|debug_assert\w*|refute\w*|deepEqual|strictEqual|deepStrictEqual|throws|rejects)!?$|\.(?:should|must|to)\b/i;
const fails =
  /^(?:t|b|f|tb)\.(?:Error|Fatal|Fail|Errorf|Fatalf|FailNow)$|^panic!?$|^pytest\.fail$|^self\.fail$|^fail$|^exit$/;
const isEqualName =
  /(?:^|[.:!_])(?:toBe|toEqual|toStrictEqual|toMatch(?:Inline)?Snapshot|toThrowErrorMatching\w*|toHaveBeenCalledWith|toHaveBeenLastCalledWith|toHaveBeenNthCalledWith|toHaveBeenCalledTimes|toHaveBeenCalledOnceWith|toHaveLength|toHaveProperty|toThrow\w*|toReturnWith|equals?|eql?s?|strictEqual|deepEqual|deepStrictEqual|partialDeepStrictEqual|notStrictEqual|notEqual|notDeepEqual|same|sameDeepMembers|members|matchSnapshot|snapshot|throws|rejects|raises|warns|Equal\w*|NotEqual|Same|ElementsMatch|JSONEq|EqualError|ErrorIs|ErrorAs|PanicsWith\w*|assert(?:_eq|_ne|_matches|_equal\w*|Equals?|NotEquals?|\w+Equals?|Same|NotSame|Is|IsNot|In|CountEqual|Raises\w*|Throws\w*|ArrayEquals|IterableEquals|LinesMatch|_raises|_same|_output)|AreEqual|AreSame|Throws\w*|isEqualTo|isSameAs|containsExactly\w*|hasSize|hasMessage|isInstanceOf|expectException\w*|called_once_with|assert_called\w*|assert_has_calls|be_nil|is_deeply|cmp\.Diff|reflect\.DeepEqual|bytes\.Equal)(?:\(\))?$/;
const isLoose =
  /approx|close|almost|delta|greater|less|contain|include|match(?!Snapshot|Inline)|any|truthy|falsy|defined|undefined|exist|isNotNull|notNil|isNotEmpty|instance/i;

const raises = /^(?:raise|throw)_statement$/;

/** Statements that can fail a test, in this part of the source. */
export function demandsIn(tree: SyntaxTree, root: SyntaxNode): Demand[] {
  const found: Demand[] = [];
  const { language } = tree;
  for (const node of within(root)) {
    if (is(language, 'asserts', node)) {
      const said = textOf(tree, node);
      found.push({
        what: 'assert',
        isExact:
          /(?<![<>!=])==(?!=)|\bis\b(?! not None)|\bin\b|\.equals\(/.test(said) &&
          !isLoose.test(said.replace(/(["']).*?\1/g, '')),
        hasValue: hasValue(tree, node),
        node,
      });
    } else if (is(language, 'calls', node)) {
      const callee = calleeOf(tree, node);
      const isFail = fails.test(callee);
      const isOuter = !isInside(tree, node);
      if (!isFail && !(isOuter && demands.test(callee))) continue;
      // In Go, `if got != want` decides, and the call in it only says so.
      const decides = isFail ? conditionAround(tree, node) : null;
      const judged = decides ?? node;
      found.push({
        what: decides ? 'if' : callee.replace(/\s+/g, ''),
        isExact: decides
          ? /!=|==|DeepEqual|Equal\(|Is\(|As\(/.test(textOf(tree, decides))
          : isEqualName.test(callee.replace(/\s+/g, '')) && !isVague(tree, node),
        hasValue: hasValue(tree, judged),
        node,
      });
    } else if (raises.test(node.type) && /\bAssert\w*Error\b/.test(textOf(tree, node)))
      found.push({ what: 'fail', isExact: false, hasValue: hasValue(tree, node), node });
    else if (language === 'shell' && node.type === 'test_command')
      found.push({
        what: 'test',
        isExact: /=|-eq/.test(textOf(tree, node)),
        hasValue: hasValue(tree, node),
        node,
      });
  }
  return found;
}

/** A part of a longer chain: `expect(x)` in `expect(x).toBe(1)`. */
function isInside(tree: SyntaxTree, node: SyntaxNode): boolean {
  let each = node;
  for (const outer of around(node)) {
    if (is(tree.language, 'given', outer) || /statement|block|body/.test(outer.type)) return false;
    if (is(tree.language, 'calls', outer) && outer.parts[0] !== undefined && each.from <= outer.parts[0].to)
      return true;
    each = outer;
  }
  return false;
}

function conditionAround(tree: SyntaxTree, node: SyntaxNode): SyntaxNode | null {
  for (const outer of around(node)) {
    if (is(tree.language, 'functions', outer)) return null;
    if (/^if_(?:statement|expression)$|^if$/.test(outer.type))
      return outer.parts.find(({ field }) => field === 'condition') ?? outer;
  }
  return null;
}

/** `expect.any(…)`, `mock.ANY`, `not.toBeNull`. */
function isVague(tree: SyntaxTree, node: SyntaxNode): boolean {
  const text = textOf(tree, node);
  return (
    /\bexpect\.any(?:thing)?\b|\bANY\b|\bAny\(|assertIsNotNone|assertIsNot\b/.test(text) ||
    (givenIn(tree, node).length === 0 && /toThrow\w*\(\)$/.test(text) === false && /\.not\b/.test(text))
  );
}

function hasValue(tree: SyntaxTree, root: SyntaxNode): boolean {
  for (const node of within(root))
    if (
      (is(tree.language, 'strings', node) || is(tree.language, 'values', node)) &&
      !/^(?:true|True|TRUE|null|nil|None|undefined)$/.test(textOf(tree, node))
    )
      return true;
  return false;
}

/** What may keep the statements in it from running, or forgives what fails in it. */
export function branchesIn(tree: SyntaxTree, root: SyntaxNode): number {
  const { branches, catches } = languages[tree.language] as {
    branches: readonly string[];
    catches: readonly string[];
  };
  let count = 0;
  for (const node of within(root)) {
    if (catches.includes(node.type)) count += 1;
    else if (
      branches.includes(node.type) &&
      !isFailing(tree, node) &&
      !isValueReturn(tree, node, root) &&
      mayLeaveOut(tree, node)
    )
      count += 1;
  }
  return count;
}

/** It holds something that demands, or leaves what comes after it. */
const mayLeaveOut = (tree: SyntaxTree, node: SyntaxNode) =>
  [...within(node)].some(({ type }) => /^(?:return|continue|break|goto|yield|throw|raise)/.test(type)) ||
  demandsIn(tree, node).length > 0;

/** `if (…) { t.Errorf(…) }` demands something. */
function isFailing(tree: SyntaxTree, node: SyntaxNode): boolean {
  return [...within(node)].some(
    (each) => is(tree.language, 'calls', each) && fails.test(calleeOf(tree, each)),
  );
}

/** The result of a helper in the test. */
function isValueReturn(tree: SyntaxTree, node: SyntaxNode, root: SyntaxNode): boolean {
  if (!/^return/.test(node.type)) return false;
  const inner = [...around(node)].find((each) => is(tree.language, 'functions', each));
  return (
    inner !== undefined &&
    inner !== root &&
    node.parts.some(({ isNamed }) => isNamed) &&
    !testBody(tree, inner)
  );
}

function testBody(tree: SyntaxTree, node: SyntaxNode): boolean {
  const call = [...around(node)].find((each) => is(tree.language, 'calls', each));
  return call !== undefined && opensTest.test(calleeOf(tree, call));
}

/** Values that a part of a source names: numbers and texts, each as often as it stands there. */
export function valuesIn(tree: SyntaxTree, root: SyntaxNode): string[] {
  const found: string[] = [];
  for (const node of within(root)) {
    if (is(tree.language, 'strings', node)) {
      const text = literalOf(tree, node);
      if (text !== null && text !== '') found.push(`"${text}`);
    } else if (is(tree.language, 'values', node)) found.push(textOf(tree, node));
  }
  return found;
}
