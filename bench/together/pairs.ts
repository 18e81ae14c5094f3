// Pairs and triples of changes to small Node projects: each change is green alone (R-GREEN-11).

export type Files = Readonly<Record<string, string | null>>;

export interface TogetherCase {
  name: string;
  isRed: boolean;
  base: Readonly<Record<string, string>>;
  /** Published in this order; the last one is the later change. */
  changes: readonly Files[];
}

const importing = "import test from 'node:test';\nimport assert from 'node:assert';\n";
const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
const testOf = (title: string, load: string, body: string) =>
  `${importing}${load}\ntest('${title}', () => ${body});\n`;
const manifest = { 'package.json': json({ name: 'shop', type: 'module', private: true }) };

type Make = (noun: string) => Omit<TogetherCase, 'name'>;
const red = (base: Record<string, string>, ...changes: Files[]) => ({
  isRed: true,
  base: { ...manifest, ...base },
  changes,
});
const harmless = (base: Record<string, string>, ...changes: Files[]) => ({
  ...red(base, ...changes),
  isRed: false,
});

const module = (noun: string, name: string) => ({
  [`src/${noun}.js`]: `export function ${name}(a, b) {\n  return a + b;\n}\n`,
  [`test/${noun}.test.js`]: testOf(
    name,
    `import { ${name} } from '../src/${noun}.js';`,
    `assert.equal(${name}(1, 2), 3)`,
  ),
});
const caller = (noun: string, name: string, args = '2, 3', result = 5) => ({
  [`src/${noun}-user.js`]: `import { ${name} } from './${noun}.js';\nexport const use = () => ${name}(${args});\n`,
  [`test/${noun}-user.test.js`]: testOf(
    'uses it',
    `import { use } from '../src/${noun}-user.js';`,
    `assert.equal(use(), ${result})`,
  ),
});
const store = (noun: string, methods: string) =>
  `export const contract = [${methods}];\nexport const kinds = '${noun}';\n`;
const implementation = (noun: string, name: string, methods: string) => ({
  [`src/${name}.js`]: `import { contract } from './${noun}-contract.js';\nexport const ${name} = { ${methods} };\nexport const isWhole = () => contract.every((each) => each in ${name});\n`,
  [`test/${name}.test.js`]: testOf(
    'is whole',
    `import { isWhole } from '../src/${name}.js';`,
    'assert.ok(isWhole())',
  ),
});
const counted = (noun: string, max: number) =>
  testOf(
    'are few',
    "import { readdirSync } from 'node:fs';",
    `assert.ok(readdirSync('src/${noun}').length <= ${max})`,
  );
const unique = (noun: string) =>
  testOf(
    'are numbered once',
    "import { readdirSync } from 'node:fs';",
    `{ const numbers = readdirSync('${noun}').map((name) => name.slice(0, 4)); assert.equal(new Set(numbers).size, numbers.length); }`,
  );
const names = (noun: string, rule: string) =>
  testOf(
    'follow the rule',
    "import { readdirSync, readFileSync } from 'node:fs';",
    `{ for (const name of readdirSync('src/${noun}')) assert.ok(!readFileSync('src/${noun}/' + name, 'utf8').includes('${rule}')); }`,
  );
const match = (noun: string, kinds: readonly string[]) =>
  `export const ${noun}Kinds = [${kinds.map((kind) => `'${kind}'`).join(', ')}];\n`;

export const makers: Readonly<Record<string, Make>> = {
  'rename and use': (n) => red(module(n, `${n}Total`), { ...module(n, `${n}Sum`) }, caller(n, `${n}Total`)),
  'signature and caller': (n) =>
    red(
      module(n, `${n}Total`),
      {
        [`src/${n}.js`]: `export function ${n}Total({ a, b }) {\n  return a + b;\n}\n`,
        [`test/${n}.test.js`]: testOf(
          'adds',
          `import { ${n}Total } from '../src/${n}.js';`,
          `assert.equal(${n}Total({ a: 1, b: 2 }), 3)`,
        ),
      },
      caller(n, `${n}Total`),
    ),
  'schema and query': (n) =>
    red(
      { [`src/${n}-schema.json`]: json({ columns: ['id', `${n}_mail`] }) },
      { [`src/${n}-schema.json`]: json({ columns: ['id', `${n}_address`] }) },
      {
        [`test/${n}-query.test.js`]: testOf(
          'asks',
          "import { readFileSync } from 'node:fs';",
          `assert.ok(JSON.parse(readFileSync('src/${n}-schema.json')).columns.includes('${n}_mail'))`,
        ),
      },
    ),
  'two migrations with one number': (n) =>
    red(
      { [`${n}/0001-first.sql`]: 'a\n', 'test/numbers.test.js': unique(n) },
      { [`${n}/0002-left.sql`]: 'b\n' },
      { [`${n}/0002-right.sql`]: 'c\n' },
    ),
  'key removed and used': (n) =>
    red(
      { [`text/${n}.json`]: json({ [`${n}.title`]: 'Title', other: 'Other' }) },
      { [`text/${n}.json`]: json({ other: 'Other' }) },
      {
        [`test/${n}-page.test.js`]: testOf(
          'has its text',
          "import { readFileSync } from 'node:fs';",
          `assert.ok(JSON.parse(readFileSync('text/${n}.json'))['${n}.title'])`,
        ),
      },
    ),
  'new case and exhaustive match': (n) =>
    red(
      { [`src/${n}-kinds.js`]: match(n, ['circle', 'square']) },
      { [`src/${n}-kinds.js`]: match(n, ['circle', 'square', 'hexagon']) },
      {
        [`src/${n}-area.js`]: `export const ${n}Area = { circle: 3, square: 4 };\n`,
        [`test/${n}-area.test.js`]: testOf(
          'knows every kind',
          `import { ${n}Area } from '../src/${n}-area.js';\nimport { ${n}Kinds } from '../src/${n}-kinds.js';`,
          `assert.ok(${n}Kinds.every((kind) => kind in ${n}Area))`,
        ),
      },
    ),
  'rule and new file': (n) =>
    red(
      { [`src/${n}/first.js`]: 'export const first = 1;\n' },
      { [`test/${n}-rule.test.js`]: names(n, 'var ') },
      { [`src/${n}/second.js`]: 'export var second = 2;\n' },
    ),
  'method of an interface': (n) =>
    red(
      { [`src/${n}-contract.js`]: store(n, "'get'"), ...implementation(n, `${n}Disk`, 'get: 1') },
      {
        [`src/${n}-contract.js`]: store(n, "'get', 'close'"),
        ...implementation(n, `${n}Disk`, 'get: 1, close: 1'),
      },
      implementation(n, `${n}Memory`, 'get: 1'),
    ),
  'default changed': (n) =>
    red(
      { [`src/${n}.js`]: `export const ${n}Retries = 3;\n` },
      { [`src/${n}.js`]: `export const ${n}Retries = 0;\n` },
      {
        [`test/${n}-retry.test.js`]: testOf(
          'tries again',
          `import { ${n}Retries } from '../src/${n}.js';`,
          `assert.ok(${n}Retries > 0)`,
        ),
      },
    ),
  'symbol twice': (n) =>
    red(
      {
        [`src/${n}/base.js`]: `export const ${n}Base = 1;\n`,
        'test/once.test.js': testOf(
          'are named once',
          "import { readdirSync, readFileSync } from 'node:fs';",
          `{ const all = readdirSync('src/${n}').flatMap((name) => [...readFileSync('src/${n}/' + name, 'utf8').matchAll(/const (\\\\w+)/g)].map(([, found]) => found)); assert.equal(new Set(all).size, all.length); }`,
        ).replaceAll('\\\\', '\\'),
      },
      { [`src/${n}/left.js`]: `export const ${n}Round = 1;\n` },
      { [`src/${n}/right.js`]: `export const ${n}Round = 2;\n` },
    ),
  'moved file': (n) =>
    red(
      module(n, `${n}Total`),
      {
        [`src/${n}.js`]: null,
        [`src/lib/${n}.js`]: `export function ${n}Total(a, b) {\n  return a + b;\n}\n`,
        [`test/${n}.test.js`]: testOf(
          'adds',
          `import { ${n}Total } from '../src/lib/${n}.js';`,
          `assert.equal(${n}Total(1, 2), 3)`,
        ),
      },
      caller(n, `${n}Total`),
    ),
  'three exceed a limit': (n) =>
    red(
      { [`src/${n}/one.js`]: '1;\n', 'test/few.test.js': counted(n, 3) },
      { [`src/${n}/two.js`]: '2;\n' },
      { [`src/${n}/three.js`]: '3;\n' },
      { [`src/${n}/four.js`]: '4;\n' },
    ),
  'apart: two callers': (n) =>
    harmless(module(n, `${n}Total`), caller(n, `${n}Total`), { [`docs/${n}.md`]: `# ${n}Total\n` }),
  'apart: a body that means the same': (n) =>
    harmless(
      module(n, `${n}Total`),
      { [`src/${n}.js`]: `export function ${n}Total(a, b) {\n  return b + a;\n}\n` },
      caller(n, `${n}Total`),
    ),
  'apart: an added key': (n) =>
    harmless(
      { [`text/${n}.json`]: json({ a: 'A', b: 'B', c: 'C' }) },
      { [`text/${n}.json`]: json({ a: 'A', b: 'B', c: 'D' }) },
      {
        [`test/${n}.test.js`]: testOf(
          'has a',
          "import { readFileSync } from 'node:fs';",
          `assert.ok(JSON.parse(readFileSync('text/${n}.json')).a)`,
        ),
      },
    ),
  'apart: two migrations': (n) =>
    harmless(
      { [`${n}/0001-first.sql`]: 'a\n', 'test/numbers.test.js': unique(n) },
      { [`${n}/0002-left.sql`]: 'b\n' },
      { [`${n}/0003-right.sql`]: 'c\n' },
    ),
  'apart: a rule that holds': (n) =>
    harmless(
      { [`src/${n}/first.js`]: 'export const first = 1;\n' },
      { [`test/${n}-rule.test.js`]: names(n, 'var ') },
      { [`src/${n}/second.js`]: 'export const second = 2;\n' },
    ),
  'apart: within the limit': (n) =>
    harmless(
      { [`src/${n}/one.js`]: '1;\n', 'test/few.test.js': counted(n, 4) },
      { [`src/${n}/two.js`]: '2;\n' },
      { [`src/${n}/three.js`]: '3;\n' },
      { [`src/${n}/four.js`]: '4;\n' },
    ),
  'apart: an added export': (n) =>
    harmless(
      module(n, `${n}Total`),
      {
        [`src/${n}.js`]: `export function ${n}Total(a, b) {\n  return a + b;\n}\nexport const ${n}Max = 9;\n`,
      },
      caller(n, `${n}Total`),
    ),
  'apart: nothing in common': (n) =>
    harmless({}, module(`${n}left`, `${n}Left`), module(`${n}right`, `${n}Right`)),
  'apart: a larger default': (n) =>
    harmless(
      { [`src/${n}.js`]: `export const ${n}Retries = 3;\n` },
      { [`src/${n}.js`]: `export const ${n}Retries = 5;\n` },
      {
        [`test/${n}-retry.test.js`]: testOf(
          'tries again',
          `import { ${n}Retries } from '../src/${n}.js';`,
          `assert.ok(${n}Retries > 0)`,
        ),
      },
    ),
  'apart: two symbols': (n) =>
    harmless(
      {},
      { [`src/${n}/left.js`]: `export const ${n}Floor = 1;\n` },
      { [`src/${n}/right.js`]: `export const ${n}Ceil = 2;\n` },
    ),
};

const nouns = ['cart', 'user', 'order', 'price'];

/** At least forty of each. */
export const togetherCases: readonly TogetherCase[] = Object.entries(makers).flatMap(([name, make]) =>
  nouns.map((noun) => ({ name: `${name} (${noun})`, ...make(noun) })),
);
