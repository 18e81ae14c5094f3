// Whether a test that was changed demands as much as it did (R-GREEN-8, R-GREEN-13). Pure: it compares syntax trees.
import { type SyntaxNode, type SyntaxTree, within } from '../syntax/parse-source.ts';
import { calleeOf, givenIn, is, literalOf, namesIn, textOf } from '../syntax/read-tree.ts';
import { branchesIn, demandsIn, marksAbove, valuesIn } from '../syntax/tests-in.ts';

export interface Block {
  tree: SyntaxTree;
  node: SyntaxNode;
}

/** The share of the values of a test that its new form must still name, however it was rewritten. */
const keptShare = 0.5;

const leavesOut =
  /(?:^|[.@#[\s(])(?:skip\w*|todo|xfail|xit|xtest|xdescribe|only|fit|fdescribe|fails?|failing|expectedFailure|ignore\w*|disabled?\w*|pending|retry|retries|flaky|rerun\w*|repeat|Disabled\w*|Ignore\w*|should_panic|importorskip|Skip\w*|skipTest|SkipNow|markTest(?:Skipped|Incomplete))\b/;
const replacesUnit =
  /^(?:vi|jest|mock|sinon|td|proxyquire)\.(?:mock|doMock|unstable_mockModule|module|replace|replaceEsm|setMock)$|(?:^|\.)(?:patch|patch\.object|setattr|setitem)$|^proxyquire$|^rewire$/;
const ends =
  /^(?:process\.(?:exit|kill|reallyExit|abort)|os\._exit|os\.abort|sys\.exit|os\.Exit|syscall\.Exit|std::process::exit|System\.exit|Runtime\.getRuntime\(\)\.halt|exit!?|Environment\.Exit|die)$/;

/**
 * Why the new form demands less; null if it demands as much.
 *
 * @param demanding functions beside the tests that demand something: a new call of one of them demands through it
 */
export function weakened(
  before: Block,
  after: Block,
  demanding: ReadonlySet<string> = new Set(),
): string | null {
  const [then, now] = [profileOf(before), profileOf(after)];
  const isThrough = now.names.some((name) => demanding.has(name) && !then.names.includes(name));
  if (now.leftOut > then.leftOut) return 'it is left out, or may fail';
  if (now.ends > then.ends) return 'it ends the run';
  if (now.branches > then.branches) return 'what it demands stands behind a condition, or is forgiven';
  const isTable = isThrough || (now.repeats > then.repeats && now.values.length >= then.values.length);
  if (now.demands < then.demands && !isTable && !saysTheSame(then, now))
    return `it has ${now.demands} demands where it had ${then.demands}`;
  if (isOrdered(before) && !isOrdered(after)) return 'it compares less exactly';
  if (isMasked(before, after)) return 'it compares what is left of what it compared';
  if (now.exact < then.exact && !isTable && !(now.exact > 0 && saysTheSame(then, now)))
    return 'it compares less exactly';
  if (
    now.withValue < then.withValue &&
    !isTable &&
    now.values.length < then.values.length &&
    now.demands <= then.demands
  )
    return 'it compares with what it computes, where it named a value';
  const left = new Set(now.values);
  const kept = then.values.filter((value) => left.has(value)).length;
  if (
    !isThrough &&
    then.values.length >= 4 &&
    kept < then.values.length * keptShare &&
    now.values.length < then.values.length
  )
    return 'it names fewer values';
  return null;
}

/** An example of Go demands what it prints; without an order, it demands less. */
const isOrdered = ({ tree, node }: Block) =>
  tree.language === 'go' && /^\s*\/\/\s*output:/im.test(textOf(tree, node));

/** What drops a part of a value: its order, its blanks, its case, its digits. */
const masking =
  /^(?:sorted|set|frozenset|len|int|round|abs|bool|trunc|floor|Set|Boolean|Math\.(?:round|floor|trunc|abs|ceil)|Object\.keys|Array\.from|strings\.(?:TrimSpace|ToLower|ToUpper|Trim|Fields)|sort\.\w+|slices\.Sort\w*|collections\.Counter|Counter)$|(?:^|[.)\]"'])(?:sort|toSorted|trim\w*|strip\w*|lstrip|rstrip|lower|upper|casefold|toLowerCase|toUpperCase|to_lowercase|to_uppercase|toFixed|filter|slice|replace\w*|split|length|size|isEmpty)$/;

/** Its demands newly call something that drops a part of what they compare, and the values are the same. */
function isMasked(before: Block, after: Block): boolean {
  const calls = ({ tree, node }: Block) =>
    demandsIn(tree, node).flatMap((demand) =>
      [...within(demand.node)]
        .filter((each) => is(tree.language, 'calls', each))
        .map((each) => calleeOf(tree, each).replace(/\s+/g, ''))
        .flatMap((callee) => (masking.test(callee) ? [masking.exec(callee)?.[0] ?? callee] : [])),
    );
  const left = calls(before);
  return calls(after).some((callee) => {
    const at = left.indexOf(callee);
    if (at < 0) return true;
    left.splice(at, 1);
    return false;
  });
}

/** In fewer statements: each value, and nearly each name of what it demanded. */
function saysTheSame(then: Profile, now: Profile): boolean {
  const values = new Set(now.values);
  const names = new Set(now.names);
  return (
    now.demands > 0 &&
    then.values.every((value) => values.has(value)) &&
    then.demanded.filter((name) => names.has(name)).length >= then.demanded.length * 0.7
  );
}

interface Profile {
  /** All names in it, and those in what it demands. */
  names: string[];
  demanded: string[];
  demands: number;
  exact: number;
  withValue: number;
  branches: number;
  leftOut: number;
  ends: number;
  repeats: number;
  values: string[];
}

export function profileOf({ tree, node }: Block): Profile {
  const demands = demandsIn(tree, node);
  const calls = [...within(node)]
    .filter((each) => is(tree.language, 'calls', each))
    .map((each) => calleeOf(tree, each));
  const marks = [...within(node)]
    .filter((each) => is(tree.language, 'marks', each))
    .map((each) => textOf(tree, each));
  const above = marksAbove(tree, node);
  return {
    names: [...namesIn(tree, node)],
    demanded: [...new Set(demands.flatMap((each) => [...namesIn(tree, each.node)]))],
    demands: demands.length,
    exact: demands.filter(({ isExact }) => isExact).length,
    withValue: demands.filter(({ hasValue }) => hasValue).length,
    branches: branchesIn(tree, node),
    leftOut: [...calls.filter(isOfRunner), ...marks, above].filter((each) => leavesOut.test(each)).length,
    ends: calls.filter((each) => ends.test(each)).length,
    repeats:
      calls.filter((each) => /\beach\b|forEach/.test(each)).length +
      marks.filter((each) => /parametri[sz]e|TestCase|ValueSource|CsvSource|InlineData|case\b/.test(each))
        .length +
      [...within(node)].filter(({ type }) => /^(?:for|foreach|enhanced_for)(?:_|$)/.test(type)).length,
    values: valuesIn(tree, node),
  };
}

/** `it.skip`, `t.Skip`, `skip`; not `iterator.skip`. */
const isOfRunner = (callee: string) =>
  !callee.includes('.') ||
  /^(?:x|f)?(?:it|test|tests|describe|context|suite|specify|step|scenario|feature|bench|t|b|f|tb|this|self|\$this|ctx|pytest|unittest|QUnit|Deno|node|tap|ava|Assert\w*|Assume|\w*[Tt]est\w*)[.(]/.test(
    callee,
  );

/** Modules and names that a block puts a double in the place of. */
export function replacedIn({ tree, node }: Block): string[] {
  const found: string[] = [];
  for (const each of within(node)) {
    if (!is(tree.language, 'calls', each) && !is(tree.language, 'marks', each)) continue;
    const callee = is(tree.language, 'calls', each) ? calleeOf(tree, each) : '';
    if (!replacesUnit.test(callee)) continue;
    for (const given of givenIn(tree, each))
      found.push(literalOf(tree, given) ?? textOf(tree, given).slice(0, 200));
  }
  return found;
}

/** The kinds of the tokens, without names and values: two texts of the same shape do the same with other things. */
export function shapeOf({ tree, node }: Block): string[] {
  const shape: string[] = [];
  const waiting = [node];
  for (let each = waiting.pop(); each !== undefined; each = waiting.pop()) {
    if (is(tree.language, 'comments', each)) continue;
    if (is(tree.language, 'strings', each) || is(tree.language, 'values', each)) shape.push('value');
    else if (each.parts.length === 0)
      shape.push(
        each.isNamed
          ? /identifier|name|constant|word/.test(each.type)
            ? 'name'
            : each.type
          : textOf(tree, each),
      );
    else for (let at = each.parts.length - 1; at >= 0; at -= 1) waiting.push(each.parts[at] as SyntaxNode);
  }
  return shape;
}
