// Recognizes failed checks that demand what no agent can change: the words that Moose writes around a change, or an act of
// a person on the forge. Pure.
import { visibleLine } from '../text/visible-text.ts';

export const demandKinds = [
  'sign-off',
  'commit message',
  'title',
  'description',
  'label',
  'agreement',
  'link',
] as const;
export type DemandKind = (typeof demandKinds)[number];

export interface Demand {
  kind: DemandKind;
  /** The check's own words; limited in length. */
  said: string;
}

const saidCharsMax = 300;

/**
 * `named`: the name of a check, its step or its workflow that is only about this. `words`: a line that only such a check
 * prints, whatever its name; each has a sample in the tests.
 */
const patterns: readonly { kind: DemandKind; named: RegExp; words: RegExp }[] = [
  {
    kind: 'sign-off',
    named: /^dco\b|\bdco$|\bsign(?:ed)?-?off/i,
    words:
      /sign-?off is missing|missing (?:a |the )?signed-off-by|(?:not|isn't|aren't) signed off|signed-off-by[^\n]{0,40}(?:missing|required|not found)/i,
  },
  {
    kind: 'title',
    named: /\b(?:pr|mr|pull.?request|merge.?request).?title|title.?(?:lint|check)|semantic.?(?:pr|pull)/i,
    words:
      /\b(?:pull request|pr|merge request|mr) title\b[^\n]{0,120}(?:must|should|does(?: not|n't)|is not|invalid|match|prefix|start)|no release type found in pull request title|title[^\n]{0,40}(?:conventional commit)/i,
  },
  {
    kind: 'commit message',
    named:
      /commit.?lint|commit.?messages?\b|conventional.?commits?|gitlint|lint.?commits?|commitsar|commitizen/i,
    words:
      /\[(?:type|subject|header|scope|body|footer)-[a-z-]+\]|commit message[^\n]{0,80}(?:must|should|does(?: not|n't)|invalid|not follow)/i,
  },
  {
    kind: 'label',
    named: /\blabels?\b/i,
    words:
      /\b(?:missing|requires?|must have|at least one|needs?|no)\b[^\n]{0,60}\blabels?\b[^\n]{0,60}(?:pull request|pr\b|merge request|required|missing|:)/i,
  },
  {
    kind: 'description',
    named: /\b(?:pr|mr|pull.?request|merge.?request).?(?:description|body|template|checklist)/i,
    words:
      /\b(?:pull request|pr|merge request) (?:description|body|template)\b[^\n]{0,80}(?:must|should|empty|missing|too short|not filled)/i,
  },
  {
    kind: 'agreement',
    named: /\bcla\b|license.?agreement|easycla/i,
    words:
      /contributor licen[sc]e agreement[^\n]{0,80}(?:sign|not|missing)|\bcla\b[^\n]{0,40}not (?:been )?signed/i,
  },
  {
    kind: 'link',
    named: /(?:linked?|jira|require).{0,3}(?:issue|ticket)|(?:issue|ticket).{0,3}(?:link|reference)/i,
    words:
      /(?:pull request|pr|merge request)[^\n]{0,60}(?:must|should|does not|needs)[^\n]{0,40}(?:link|reference)[^\n]{0,20}(?:issue|ticket)/i,
  },
];

/** Null if the check may be about the change. `name`: of the check and, if it is known, of its failed step. */
export function demandIn(name: string, said: string): Demand | null {
  const lines = said.split('\n');
  for (const { kind, words } of patterns) {
    const line = lines.find((each) => words.test(each));
    if (line !== undefined && !isAboutCode(said)) return { kind, said: clean(line) };
  }
  const found = patterns.find(({ named }) => named.test(name));
  if (!found) return null;
  const line = lines.find((each) => /error|fail|must|missing|require|not /i.test(each)) ?? '';
  return { kind: found.kind, said: clean(line) };
}

/** A test runner printed it: the words may be those of a test. */
function isAboutCode(said: string): boolean {
  return /\b\d+ (?:tests? )?(?:failed|failing)\b|^\s*(?:FAIL|not ok)\b|AssertionError|Traceback|error TS\d+/m.test(
    said,
  );
}

const clean = (line: string) => visibleLine(line.replace(/^##\[error\]/, '').trim()).slice(0, saidCharsMax);
