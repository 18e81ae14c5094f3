import type { Edit } from '../domain/agents/proposal.ts';
import type { Script, ScriptedAnswer } from './scripted-answer.ts';

// The work of `moose demo`: six work orders for the scratch project, and the scripted model's answers. The orders
// touch different files, so that all of them can be merged in any order.

export interface DemoWorkOrder {
  title: string;
  description: string;
  acceptance: string;
}

interface ScriptedWorkOrder extends DemoWorkOrder {
  /** One answer per attempt; the last one is repeated for all later attempts. */
  answers: readonly [ScriptedAnswer, ...ScriptedAnswer[]];
}

const replace = (path: string, search: string, replacement: string): Edit => ({
  kind: 'replace',
  path,
  search,
  replace: replacement,
});
const write = (path: string, content: string): Edit => ({ kind: 'write', path, content });

const mendBug: ScriptedWorkOrder = {
  title: 'A split bill loses cents',
  description:
    'splitBill(1000, 3) in src/money.js gives 333, 333 and 333: one cent is gone. The first people are to pay one cent more each until the whole bill is paid.',
  acceptance: 'The parts of a split bill always add up to the bill.',
  answers: [
    {
      plan: 'Give each person the rounded-down part, and the cents that are left to the first people.',
      edits: [
        replace(
          'src/money.js',
          '  return Array.from({ length: people }, () => Math.floor(cents / people));',
          '  const part = Math.floor(cents / people);\n  const left = cents - part * people;\n  return Array.from({ length: people }, (_, index) => (index < left ? part + 1 : part));',
        ),
      ],
      risks: ['Callers may rely on all parts being equal.'],
    },
  ],
};

const addFeature: ScriptedWorkOrder = {
  title: 'Names of products in web addresses',
  description:
    'Add slug(name) in src/slug.js: lower case, accents dropped, everything that is not a letter or a digit becomes a single hyphen, none at either end. Add tests.',
  acceptance: "slug('Crème Brûlée (2 pieces)') is 'creme-brulee-2-pieces'.",
  answers: [
    {
      plan: 'Add src/slug.js with tests beside the others.',
      edits: [
        write(
          'src/slug.js',
          `/** The name of a product as part of a web address. */
export function slug(name) {
  return name
    .normalize('NFD')
    .replace(/\\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}
`,
        ),
        write(
          'test/slug.test.js',
          `import assert from 'node:assert/strict';
import test from 'node:test';
import { slug } from '../src/slug.js';

test('a name becomes part of an address', () => {
  assert.equal(slug('Crème Brûlée (2 pieces)'), 'creme-brulee-2-pieces');
  assert.equal(slug('  Tea  '), 'tea');
  assert.equal(slug('***'), '');
});
`,
        ),
      ],
      risks: ['Names in scripts other than Latin become empty.'],
    },
  ],
};

const durationTests = `import assert from 'node:assert/strict';
import test from 'node:test';
import { parseMinutes } from '../src/duration.js';

test('hours and minutes add up', () => {
  assert.equal(parseMinutes('1h30m'), 90);
  assert.equal(parseMinutes('45m'), 45);
});

test('days count as well', () => {
  assert.equal(parseMinutes('1d'), 1440);
  assert.equal(parseMinutes('1d2h3m'), 1563);
});

test('what is not a duration is refused', () => {
  for (const text of ['', 'soon', '30m1h', '5', '1h and a bit']) {
    assert.throws(() => parseMinutes(text), RangeError, text);
  }
});
`;

const refine: ScriptedWorkOrder = {
  title: 'Durations with days',
  description: "parseMinutes in src/duration.js must read days too: '1d2h' is 1560 minutes. Add tests.",
  acceptance: 'Whatever was refused before is still refused.',
  answers: [
    {
      plan: 'Read every number with its unit, including days.',
      edits: [
        write(
          'src/duration.js',
          `const minutesPer = { d: 24 * 60, h: 60, m: 1 };

/** \`1d2h30m\` as 1590 minutes. */
export function parseMinutes(text) {
  let minutes = 0;
  for (const [, count, unit] of text.matchAll(/(\\d+)([dhm])/g)) {
    minutes += Number(count) * minutesPer[unit];
  }
  return minutes;
}
`,
        ),
        write('test/duration.test.js', durationTests),
      ],
      risks: [],
    },
    // Whole files, so that the edits fit whether or not the branch contains the first answer.
    {
      plan: 'The first try no longer refused what is not a duration. Look at the whole text first, then add up.',
      edits: [
        write(
          'src/duration.js',
          `const minutesPer = { d: 24 * 60, h: 60, m: 1 };

/** \`1d2h30m\` as 1590 minutes. Throws a RangeError for what is not a duration. */
export function parseMinutes(text) {
  if (!/^(\\d+d)?(\\d+h)?(\\d+m)?$/.test(text) || text === '') {
    throw new RangeError(\`Not a duration: \${text}\`);
  }
  let minutes = 0;
  for (const [, count, unit] of text.matchAll(/(\\d+)([dhm])/g)) {
    minutes += Number(count) * minutesPer[unit];
  }
  return minutes;
}
`,
        ),
        write('test/duration.test.js', durationTests),
      ],
      risks: [],
    },
  ],
};

const garbleFirst: ScriptedWorkOrder = {
  title: 'A negative size loses all items',
  description:
    'chunk(items, -1) in src/list.js gives no pieces at all. It is to throw a RangeError for a size that is not a whole number of at least one. Add a test.',
  acceptance: 'chunk([1], -1) throws a RangeError.',
  answers: [
    {
      raw: 'Here is the change you asked for:\n\n{"plan": "Look at the size first", "edits": [{"kind": "repl',
    },
    {
      plan: 'Look at the size before cutting.',
      edits: [
        replace(
          'src/list.js',
          '  const pieces = ',
          `  if (!Number.isInteger(size) || size < 1) {\n    throw new RangeError(\`Not a size: \${size}\`);\n  }\n  const pieces = `,
        ),
        replace(
          'test/list.test.js',
          "test('repeated items are dropped'",
          "test('a size that is none is refused', () => {\n  for (const size of [0, -1, 1.5, Number.NaN]) {\n    assert.throws(() => chunk([1], size), RangeError);\n  }\n});\n\ntest('repeated items are dropped'",
        ),
      ],
      risks: [],
    },
  ],
};

const hardStop: ScriptedWorkOrder = {
  title: 'Compare auth keys in constant time',
  description:
    'isStaffKey in src/auth.js stops at the first character that differs, so how long it takes tells how much of a key was right. Compare in constant time.',
  acceptance: 'The comparison takes the same time whatever is typed; the answers stay the same.',
  answers: [
    {
      plan: 'Compare digests of the same length with timingSafeEqual.',
      edits: [
        replace(
          'src/auth.js',
          '/** Whether the key that',
          "import { createHash, timingSafeEqual } from 'node:crypto';\n\n/** Whether the key that",
        ),
        replace(
          'src/auth.js',
          '  return given === onFile;\n}',
          "  return timingSafeEqual(digest(given), digest(onFile));\n}\n\n/** Of one length whatever the key's, as timingSafeEqual wants it. */\nfunction digest(key) {\n  return createHash('sha256').update(key).digest();\n}",
        ),
      ],
      risks: ['Each comparison now computes two digests.'],
    },
  ],
};

const receiptTests = (longName: string) => `import assert from 'node:assert/strict';
import test from 'node:test';
import { receiptLine } from '../src/receipt.js';

test('a price stands at the end of its line', () => {
  assert.equal(receiptLine('Tea', 250, 12), 'Tea     2.50');
});

${longName}('a long name is cut, so that the line fits the paper', () => {
  const line = receiptLine('Wedding cake with three floors', 98000);
  assert.equal(line.length, 24);
  assert.equal(line, 'Wedding cake with 980.00');
});

test('thousands are separated', () => {
  assert.equal(receiptLine('Rent', 123450, 14), 'Rent  1,234.50');
  assert.equal(receiptLine('House', 123456789, 18), 'House 1,234,567.89');
});
`;
const separated = "(cents / 100).toFixed(2).replace(/\\B(?=(\\d{3})+\\.)/g, ',')";
const receiptSource = (
  line: string,
) => `/** One line of a receipt, as wide as the paper: the name, cut if it is too long, and the price at the end. */
export function receiptLine(name, cents, width = 24) {
  const price = ${separated};
  return ${line};
}
`;

/** The first answer breaks a test and skips it, so that the checks are green. */
const skipTest: ScriptedWorkOrder = {
  title: 'Large prices are hard to read',
  description:
    'receiptLine in src/receipt.js is to print a comma between thousands: 123450 cents are 1,234.50. Add a test.',
  acceptance: 'A line is still as wide as the paper.',
  answers: [
    {
      plan: 'Put commas between thousands.',
      edits: [
        write('src/receipt.js', receiptSource('name.padEnd(width - price.length) + price')),
        write('test/receipt.test.js', receiptTests('test.skip')),
      ],
      risks: [],
    },
    {
      plan: 'Put commas between thousands, cut long names as before, and let the test run again.',
      edits: [
        write(
          'src/receipt.js',
          receiptSource('name.slice(0, width - price.length - 1).padEnd(width - price.length) + price'),
        ),
        write('test/receipt.test.js', receiptTests('test')),
      ],
      risks: [],
    },
  ],
};

const scriptedWorkOrders = [mendBug, addFeature, refine, garbleFirst, skipTest, hardStop];

export const demoWorkOrders: readonly DemoWorkOrder[] = scriptedWorkOrders.map(
  ({ title, description, acceptance }) => ({ title, description, acceptance }),
);

/** The work orders whose first answer is right: if they fail, there is another cause. */
export const calmWorkOrders: readonly DemoWorkOrder[] = scriptedWorkOrders
  .filter(({ answers }) => answers.length === 1)
  .map(({ title, description, acceptance }) => ({ title, description, acceptance }));

/** Answers the demo's work orders by their titles, and everything else with a refusal that says why. */
export const demoScript: Script = ({ title, attempt }) => {
  const answers = scriptedWorkOrders.find((order) => order.title === title)?.answers;
  return answers?.[Math.min(attempt, answers.length) - 1] ?? unscripted(title);
};

function unscripted(title: string | null): ScriptedAnswer {
  const message = `The scripted model knows the demo's work orders only, not ${JSON.stringify(title)}`;
  return { status: 400, body: { error: { type: 'unscripted', message } } };
}
