// The work of `moose demo --spec`: a spec for the scratch project, the Architect's plan, and the scripted answers. One
// answer breaks a contract that other work orders rely on, and is sent back.

import type { Edit } from '../domain/agents/proposal.ts';
import type { Plan } from '../domain/plan/plan.ts';
import type { Script, ScriptedAnswer } from './scripted-answer.ts';

export const demoSpec = {
  name: 'Receipts',
  content: `# Receipts

The till prints receipts.

## Lines
- One line has a name, a number of pieces and a price in cents.

## Receipts
- The sum of all lines.
- One line as text, with its price.
- Pages of at most ten lines.
`,
} as const;

const schemaPath = 'schemas/receipt-line.json';
const line = {
  type: 'object',
  required: ['name', 'pieces', 'cents'],
  properties: {
    name: { type: 'string' },
    pieces: { type: 'integer', minimum: 1 },
    cents: { type: 'integer' },
  },
};
/** Others read cents. */
const brokenLine = {
  ...line,
  required: ['name', 'pieces', 'price'],
  properties: { name: line.properties.name, pieces: line.properties.pieces, price: { type: 'string' } },
};
const json = (value: object) => `${JSON.stringify(value, null, 2)}\n`;

const write = (path: string, content: string): Edit => ({ kind: 'write', path, content });

const testOf = (imported: string, title: string, body: string) => `import assert from 'node:assert/strict';
import test from 'node:test';
${imported}

test('${title}', () => {
${body}
});
`;

const lineEdits = [
  write(schemaPath, json(line)),
  write(
    'src/receipt-line.js',
    `/** One line of a receipt, as schemas/receipt-line.json describes it. */
export function receiptLine(name, pieces, cents) {
  return { name, pieces, cents };
}
`,
  ),
  write(
    'test/receipt-line.test.js',
    testOf(
      "import { readFileSync } from 'node:fs';\nimport { receiptLine } from '../src/receipt-line.js';",
      'a line has what its schema requires',
      `  const { required } = JSON.parse(readFileSync('${schemaPath}', 'utf8'));
  assert.deepEqual(Object.keys(receiptLine('Tea', 2, 700)), required);`,
    ),
  ),
];

const totalEdits = [
  write(
    'src/receipt-total.js',
    `/** What all lines cost together, in cents. */
export function receiptTotal(lines) {
  return lines.reduce((sum, { cents }) => sum + cents, 0);
}
`,
  ),
  write(
    'test/receipt-total.test.js',
    testOf(
      "import { receiptLine } from '../src/receipt-line.js';\nimport { receiptTotal } from '../src/receipt-total.js';",
      'lines add up',
      `  assert.equal(receiptTotal([receiptLine('Tea', 2, 700), receiptLine('Cake', 1, 350)]), 1050);
  assert.equal(receiptTotal([]), 0);`,
    ),
  ),
];

const textEdits = [
  write(
    'src/receipt-text.js',
    `import { formatCents } from './money.js';

/** \`2 × Tea 7.00\` */
export function receiptText({ name, pieces, cents }) {
  return \`\${pieces} × \${name} \${formatCents(cents)}\`;
}
`,
  ),
  write(
    'test/receipt-text.test.js',
    testOf(
      "import { receiptLine } from '../src/receipt-line.js';\nimport { receiptText } from '../src/receipt-text.js';",
      'a line can be read',
      "  assert.equal(receiptText(receiptLine('Tea', 2, 700)), '2 × Tea 7.00');",
    ),
  ),
];

const pageEdits = [
  write(
    'src/receipt-pages.js',
    `import { chunk } from './list.js';
import { receiptText } from './receipt-text.js';

const linesMax = 10;

/** The lines of a receipt as text, page by page. */
export function receiptPages(lines) {
  return chunk(lines.map(receiptText), linesMax);
}
`,
  ),
  write(
    'test/receipt-pages.test.js',
    testOf(
      "import { receiptLine } from '../src/receipt-line.js';\nimport { receiptPages } from '../src/receipt-pages.js';",
      'ten lines fit on a page',
      `  const lines = Array.from({ length: 11 }, (_, at) => receiptLine(\`Tea \${at}\`, 1, 350));
  assert.deepEqual(receiptPages(lines).map(({ length }) => length), [10, 1]);`,
    ),
  ),
];

interface Part {
  key: string;
  title: string;
  description: string;
  dependsOn: readonly string[];
  /** One answer per attempt; the last one is repeated. */
  answers: ReadonlyArray<{ plan: string; edits: readonly Edit[] }>;
}

const parts: readonly Part[] = [
  {
    key: 'line',
    title: 'Describe the lines of a receipt',
    description: `Write ${schemaPath} and src/receipt-line.js: a line has a name, pieces and cents.`,
    dependsOn: [],
    answers: [{ plan: 'Write the schema, and a function that makes a line.', edits: lineEdits }],
  },
  {
    key: 'total',
    title: 'Add up a receipt',
    description: 'Write src/receipt-total.js: the sum of the cents of all lines.',
    dependsOn: ['line'],
    answers: [{ plan: 'Add up the cents.', edits: totalEdits }],
  },
  {
    key: 'text',
    title: 'Print a line of a receipt',
    description: 'Write src/receipt-text.js: one line as text, with its price.',
    dependsOn: ['line'],
    answers: [
      {
        plan: 'Give the lines a price as text, and print that.',
        edits: [write(schemaPath, json(brokenLine)), ...textEdits],
      },
      // Contains the schema again, because the branch has the first answer.
      {
        plan: 'Others rely on cents: leave the schema as it was, and format them while printing.',
        edits: [write(schemaPath, json(line)), ...textEdits],
      },
    ],
  },
  {
    key: 'pages',
    title: 'Cut a receipt into pages',
    description: 'Write src/receipt-pages.js: pages of at most ten printed lines.',
    dependsOn: ['text'],
    answers: [{ plan: 'Use the pieces of a list that the till has.', edits: pageEdits }],
  },
];

const kindOf = (path: string) =>
  path.startsWith('schemas/') ? 'schema' : path.startsWith('test/') ? 'test' : 'source';

function orderOf({ key, title, description, dependsOn, answers }: Part): Plan['work_orders'][number] {
  const files = (answers.at(-1)?.edits ?? [])
    .map(({ path }) => path)
    .filter((path) => path !== schemaPath || key === 'line');
  const target = files.find((path) => kindOf(path) === 'test') ?? '';
  return {
    key,
    title,
    description,
    depends_on: [...dependsOn],
    complexity: 0.1,
    files: files.map((path) => ({ path, act: 'create', kind: kindOf(path) })),
    acceptance: [{ text: `The tests of ${target} pass.`, proof: 'test', target }],
  };
}

export const demoPlan: Plan = {
  summary: 'The lines of a receipt come first. Their sum and their text rely on them, and pages on the text.',
  work_orders: parts.map(orderOf),
  contracts: [
    {
      name: 'Receipt line',
      kind: 'json_schema',
      path: schemaPath,
      command: '',
      provider: 'line',
      users: ['total', 'text'],
    },
  ],
};

/** Answers the Architect and the work orders of the plan by their titles, and everything else with a refusal. */
export const demoSpecScript: Script = ({ title, attempt }): ScriptedAnswer => {
  if (title === `Plan: ${demoSpec.name}`) return { raw: JSON.stringify(demoPlan) };
  const answers = parts.find((part) => part.title === title)?.answers;
  const answer = answers?.[Math.min(attempt, answers.length) - 1];
  if (answer) return { plan: answer.plan, edits: [...answer.edits], risks: [] };
  const message = `The scripted model knows the demo's spec only, not ${JSON.stringify(title)}`;
  return { status: 400, body: { error: { type: 'unscripted', message } } };
};
