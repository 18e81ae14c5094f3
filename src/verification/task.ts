// What a task asks for, as far as it decides whether a change of tests or of their configuration was asked. Pure, by
// words: where they do not say it, nothing was asked.

export interface Task {
  /** Whether it asks for a test. */
  asksForTest: boolean;
  /** Whether it asks to remove something that these words name. */
  asksToRemove(names: readonly string[]): boolean;
  /** Whether it asks to change the tests themselves, and not only to make them pass. */
  asksToChangeTests: boolean;
  /** Whether a sentence that asks to change tests names one of these words. */
  asksToChangeTestsOf(names: readonly string[]): boolean;
  /** Whether it speaks of tests or expectations as things to remove. */
  asksToRemoveTests: boolean;
  asksToSkip: boolean;
  /** Whether it asks to renew them, and not only speaks of them. */
  asksForSnapshots: boolean;
  /** Whether an error should no longer be one. */
  asksToTolerate: boolean;
  /** Whether the first sentence that demands something says what the product does wrong or shall do. */
  asksForProduct: boolean;
  /** Whether it begins with tests or checks. */
  isAboutTests: boolean;
  /** Whether any of its sentences speaks of tests or checks. */
  speaksOfTests: boolean;
  /** Whether it asks for a suppression, an exclusion or another rule, or names this file. */
  asksForConfiguration(path: string): boolean;
  asksForSuppression: boolean;
  /** Numbers with two decimals: results that it expects. */
  statedNumbers: readonly string[];
  /** Whether it asks for less to be looked at: files excluded, rules switched off. */
  asksToLookAway: boolean;
  /** Whether it asks for the same behaviour: another form, or more speed. */
  keepsBehaviour: boolean;
  /** Whether it speaks of something that these words name. */
  speaksOf(names: readonly string[]): boolean;
  /** Whether this number or text stands in it. */
  hasValue(value: string): boolean;
  /** Whether it shows this value as the argument of a call. */
  hasArgument(value: string): boolean;
}

const removing =
  /\b(?:remov\w*|delet\w*|drop(?:s|ped|ping)?|retir\w*|discard\w*|eliminat\w*|get rid of|take out|phase out|deprecat\w*|no longer (?:support|offer|need|have)\w*|stop supporting|rip out|purge|throw (?:out|away)|kill(?: off)?|nuke|axe|bin|out with)\b((?:[^.;\n]|\.(?=\w)|\n\s*[-*•]){0,240})/gi;
const tests = `(?:tests?|specs?|snapshots?|expectations?|assertions?|fixtures?|goldens?|test cases?|test suites?)`;
const passive =
  /((?:[^.;\n]|\.(?=\w)){0,160})\b(?:(?:must|should|can|may|will|to|are|is|shall) (?:now |all |be )*(?:removed|deleted|dropped|retired|go(?: away)?)|(?:is|are) no longer (?:needed|used|wanted|supported)|(?:is|are) (?:a |all )?(?:dead code|leftovers?|obsolete)|can go)\b/gi;
const pronoun = /^\s*(?:it|them|this|these|that|those|both)\b|^\s*$/i;

/** What it asks to remove, in the words around it. */
function removedIn(text: string): string[] {
  const active = [...text.matchAll(removing)].map(({ 1: objects = '', index }) =>
    pronoun.test(objects) ? `${text.slice(Math.max(0, index - 160), index)} ${objects}` : objects,
  );
  return [...active, ...[...text.matchAll(passive)].map(([, subjects = '']) => subjects)];
}

const ofTests =
  /\b(?:tests?|testing|specs?|coverage|assertions?|fixtures?|lint\w*|checks?|snapshots?|goldens?|mocks?|suites?)\b/i;
const ofRunners =
  /\btest_\w+|\bTest[A-Z]\w+|\.(?:test|spec)\.|\b(?:flak\w*|vitest|jest|mocha|pytest|unittest|node:test|junit|cases?|examples?|describe|tabl\w*|parametri\w*|subtests?|helpers?|doubles?|ci|cleanup|clean-up)\b/i;
const demands =
  /\b(?:bugs?|crash\w*|wrong\w*|broken|incorrect\w*|off by|should|must|ha(?:s|ve) to|needs? to|instead|support\w*|implement\w*|fix\w*|add\w*|allow\w*|reject\w*|refus\w*|return\w*|throw\w*|rais\w*|print\w*|show\w*|give\w*|let|make)\b/i;
/** A sentence that begins with the word, ends with it, or has it in a list. */
const wantsTest =
  /^\s*(?:[-*•+]|\d+[.)])?\s*(?:and |plus |please |pls )*(?:a |an |one |some |the |its )?(?:regression |unit |table |new )?(?:tests?|tested|specs?)\b|\b(?:tests?|specs?|coverage),? (?:please|pls|plz|too|as well)\b|\b(?:needs?|wants?|plus|incl\.?|including|with|and) (?:a |an |one |some |its )?(?:regression |unit |table |new )?(?:tests?|specs?)\b|\+ (?:a )?(?:tests?|golden)|\badd (?:a |an |one |some )?[^\n]{0,40}(?:tests?|golden|one for)\b|,\s*(?:add )?(?:one|a test) for\b/i;
const ofPresentTests =
  /\b(?:fail\w*|red|green|pass\w*|flak\w*|keep\w*|existing|broken|remov\w*|delet\w*|drop\w*|renam\w*|mov\w*|split\w*|adapt\w*|updat\w*|correct\w*|adjust\w*|belong\w*|no tests?)\b/i;
const tolerating = String.raw`\b(?:ignor\w*|swallow\w*|tolerat\w*|silently|quietly|accept\w*|allow\w*|forgiv\w*|lenient\w*|optional\w*|best.effort|fall(?:s|ing)? ?back|default\w*|no.?op|skip\w*|instead of (?:an? )?(?:fail|rais|throw|crash|error|reject|exception|panic)\w*|no longer (?:fail|rais|throw|crash|reject|panic)\w*|(?:not|n't|never|without) (?:fail|rais|throw|crash|reject|panic|be an error)\w*|should (?:just |simply )?(?:succeed|work|be fine|return)|(?:is|are) (?:fine|ok|okay|valid|legal)|valid)\b`;

const keeping = String.raw`\b(?:refactor\w*|clean(?:s|ed|ing)?[- ]?up|tidy|rewrite|restructur\w*|(?:same|identical|equal) (?:output|behaviou?r|results?)|(?:no|without)(?: any)? (?:behaviou?r|functional|visible|other) changes?|(?:must|should|may|do|does|did)(?:n't| not) change|stays? the same|performance|faster|speed|slow\w*|memory|optimi[sz]\w*|profil\w*|allocat\w*)\b`;
/** Whatever else it asks for. */
const keepingAll = String.raw`\bbyte for byte\b|\bsame output\b|\b(?:output|behaviou?r|results?|amounts?)\b[^.\n]{0,40}\b(?:must|has to|have to|should) (?:not change|stay|remain)\b|\bno behaviou?r(?:al)? changes?\b|\b(?:snapshots?|tests?|specs?|goldens?)\b (?:show|say|describe|define|document|are (?:right|correct))\b`;
const altering = String.raw`\b(?:bugs?|fix\w*|wrong\w*|instead|incorrect\w*|crash\w*|should (?:now |all |be |return|give|print|show|have|read)|must (?:now |be |return|give|print|show|have)|has to be|have to be|default\w*|new (?:option|flag|field|column|parameter))\b`;

const snapshots = `(?:snapshots?|goldens?|golden files?|approved files?)\\b`;
const sentencesOf = (text: string) =>
  text.split(/[.;!?](?=\s|$)|\n/).filter((sentence) => /\w{3}/.test(sentence));
const notChanging = /\b(?:fail(?:s|ing|ed)?|red|broken|pass(?:es|ing)?|green)\b/i;

const speaksOfTests = (sentence: string) => ofTests.test(sentence) || ofRunners.test(sentence);

function isOfProduct(sentences: readonly string[]): boolean {
  const first = sentences.find((sentence) => speaksOfTests(sentence) || demands.test(sentence));
  return first !== undefined && !speaksOfTests(first);
}

export function readTask(text: string): Task {
  const plain = text.normalize('NFKC').slice(0, 100_000);
  const has = (pattern: string, flags = 'i') => new RegExp(pattern, flags).test(plain);
  const words = tokensOf(plain);
  const removed = removedIn(plain);
  const removedWords = new Set(removed.flatMap((objects) => [...tokensOf(objects)]));
  const asksForTest =
    has(
      String.raw`\b(?:add|write|include|create|provide|extend|cover|with)\b(?:[^.;\n]|\.(?=\w)){0,80}\b(?:regression |unit |integration |new )?(?:tests?|specs?|coverage)\b`,
    ) ||
    has(
      String.raw`\b(?:tests?|coverage) (?:for|that|which|covering|proving)\b(?:[^.;\n]|\.(?=\w)){0,80}\b(?:is|are)? ?(?:required|wanted|expected|needed)\b`,
    ) ||
    sentencesOf(plain).some((sentence) => wantsTest.test(sentence) && !ofPresentTests.test(sentence)) ||
    has(String.raw`\bcover(?:ed)? (?:it|this|that|them)?\s*(?:by|with) (?:a |an )?tests?\b`);
  const changing = [
    ...plain.matchAll(
      new RegExp(
        String.raw`\b(?:update|updating|correct|adjust|adapt|rewrite|renew|refresh|regenerate|reformat|rename|move|split|merge|parametri[sz]e|convert|migrate|port|replace|clean up|simplify|fix|change|loosen|relax|review)\b((?:[^.;\n]|\.(?=\w)){0,60})\b${tests}\b`,
        'gi',
      ),
    ),
  ];
  const changingWords = tokensOf(
    sentencesOf(plain)
      .filter((sentence) => changing.some(([asked]) => sentence.includes(asked)))
      .join('\n'),
  );
  return {
    asksForTest,
    asksToChangeTests:
      changing.some(([, between = '']) => !notChanging.test(between)) ||
      has(
        String.raw`\b(?:tests?|specs?) (?:must|should|has to|have to|needs? to) (?:now |then )?(?:expect|check|assert|look for|use|be (?:changed|updated|adapted|rewritten))\b`,
      ),
    asksToChangeTestsOf: (names) => overlaps(changingWords, names),
    asksToRemove: (names) => overlaps(removedWords, names) || isQuoted(removed.join('\n'), names),
    asksToRemoveTests: removed.some((objects) => new RegExp(String.raw`\b${tests}\b`, 'i').test(objects)),
    asksToSkip: has(
      String.raw`\b(?:skip|disabl\w+|quarantin\w+|xfail|expected to fail|mark\w* (?:it |them |the tests? )?as (?:flaky|skipped|todo)|do not run|don't run|only run|exclude|ignore)\b`,
    ),
    asksForSnapshots:
      !has(String.raw`\b(?:not|n't|never|without)\b(?:[^.;\n]|\.(?=\w)){0,40}\b${snapshots}`) &&
      (has(
        String.raw`\b(?:updat\w*|renew\w*|refresh\w*|regenerat\w*|re-?record\w*|accept\w*|adapt\w*|adjust\w*|chang\w*|replac\w*|approv\w*|rewrit\w*|new)\b(?:[^.;\n]|\.(?=\w)){0,60}\b${snapshots}`,
      ) ||
        has(
          String.raw`\b${snapshots}(?:[^.;\n]|\.(?=\w)){0,40}\b(?:updat\w*|renew\w*|refresh\w*|regenerat\w*|re-?record\w*|adapt\w*|adjust\w*|chang\w*|too|as well|accordingly|follow)\b`,
        )),
    asksToTolerate: has(tolerating),
    isAboutTests: sentencesOf(plain).slice(0, 1).every(speaksOfTests),
    asksForProduct: isOfProduct(sentencesOf(plain)),
    statedNumbers: [...plain.matchAll(/(?<![\w.])\d+[.,]\d{2}(?![\d.]*\w)/g)].map(([number]) => number),
    speaksOfTests: ofTests.test(plain),
    asksForSuppression: has(
      String.raw`\b(?:suppress\w*|silenc\w*|eslint-disable|noqa|nolint|ts-ignore|ts-expect-error|type: ?ignore|allow\(|pragma|NOSONAR|SuppressWarnings|disable the (?:rule|warning|lint))\b`,
    ),
    asksToLookAway: has(
      String.raw`\b(?:exclud\w*|ignor\w*|omit\w*|skip\w*|must not|should not|leave (?:it |them )?out|left out|switch\w* off|turn\w* off|off|disabl\w*|except|not lint\w*|do not|don't|without)\b`,
    ),
    keepsBehaviour: has(keepingAll) || (has(keeping) && !has(altering)),
    asksForConfiguration: (path) => asksForFile(plain, path),
    speaksOf: (names) => overlaps(words, names) || isQuoted(plain, names),
    hasValue: (value) =>
      value.length > 0 && new RegExp(String.raw`(?<![\w.])${escaped(value)}(?![\w]|\.\d)`).test(plain),
    hasArgument: (value) =>
      value.length > 0 &&
      new RegExp(String.raw`\w\([^()\n]{0,80}(?<![\w.])${escaped(value)}(?![\w]|\.\d)`).test(plain),
  };
}

/** A file that the task names, or whose subject it names beside a word for configuration. */
function asksForFile(text: string, path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (text.includes(name)) return true;
  const subjects: ReadonlyArray<readonly [RegExp, RegExp]> = [
    [
      /eslint|biome|ruff|flake8|pylint|golangci|clippy|rubocop|checkstyle|stylelint|prettier/i,
      /\b(?:lint\w*|eslint|biome|ruff|flake8|pylint|golangci|clippy|rubocop|checkstyle|stylelint|prettier|rules?)\b/i,
    ],
    [
      /tsconfig|jsconfig|mypy|pyright/i,
      /\b(?:tsconfig|compiler options?|strict\w*|mypy|pyright|type.?check\w*|target|module resolution|path alias\w*)\b/i,
    ],
    [
      /jest|vitest|mocha|karma|ava|pytest|tox|conftest|phpunit|nextest|playwright|cypress|\.nycrc|c8rc|coveragerc|codecov/i,
      /\b(?:jest|vitest|mocha|karma|ava|pytest|tox|conftest|phpunit|nextest|playwright|cypress|coverage|threshold|test (?:runner|configuration|config|environment|setup|timeout))\b/i,
    ],
    [
      /make|just|taskfile|rake|gradle|pom\.xml|\.mk$/i,
      /\b(?:makefile|make target|just(?:file)?|task(?:file)?|rake\w*|gradle|maven|pom|build (?:script|file|configuration))\b/i,
    ],
    [
      /package\.json$/i,
      /\b(?:npm scripts?|package\.json|test script|test runner|vitest|jest|mocha|ava|node:test|scripts? (?:in|of))\b/i,
    ],
    [
      /\.github|gitlab-ci|circleci|jenkins|pipelines|travis|buildkite/i,
      /\b(?:ci|continuous integration|workflows?|pipelines?|github actions?|jenkins|travis)\b/i,
    ],
    [/gitattributes/i, /\b(?:gitattributes|line endings?|lfs|linguist|binary|diff driver|merge driver)\b/i],
    [/turbo|nx\.json|lerna|project\.json/i, /\b(?:turbo\w*|nx|lerna|cache|monorepo)\b/i],
    [/\.npmrc|yarnrc|pnpm/i, /\b(?:npmrc|yarnrc|pnpm|registry|package manager)\b/i],
  ];
  return subjects.some(([file, said]) => file.test(path) && said.test(text));
}

const stop = new Set(
  `the and for that this with from into when then than they them have has had not but are was were should must will would
  can could its it's add fix fixed test tests spec specs case cases file files code function method class change changes
  make makes made use used using new old return returns value values all any only each one two also does work works working
  please remove removed delete task issue bug error`.split(/\s+/),
);

/** Words and the parts of identifiers, in lower case, without their endings. */
export function tokensOf(text: string): Set<string> {
  const tokens = new Set<string>();
  for (const [word] of text.replace(/([a-z\d])([A-Z])/g, '$1 $2').matchAll(/[A-Za-z][A-Za-z\d]{2,}/g)) {
    const lower = word.toLowerCase();
    if (stop.has(lower)) continue;
    tokens.add(stem(lower));
  }
  return tokens;
}

function stem(word: string): string {
  const short = word.replace(/(?:ations?|ators?|ates?|ings?|edly|ed|ies|es|s|er|ers|ly|y)$/, '');
  return short.length >= 3 ? short : word;
}

function overlaps(words: ReadonlySet<string>, names: readonly string[]): boolean {
  return names.some((name) => [...tokensOf(name)].some((token) => words.has(token)));
}

/** Names that are too short or too common to count as words, but are written as code. */
function isQuoted(text: string, names: readonly string[]): boolean {
  return names.some(
    (name) =>
      /^\w+$/.test(name) && new RegExp(`(?<![\\w.])${name}\\(|[\`'"]${name}(?:\\(\\))?[\`'"]`).test(text),
  );
}

function escaped(value: string): string {
  return value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
