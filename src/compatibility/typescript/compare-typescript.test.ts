import { expect, it } from 'vitest';
import { compareContract } from '../compare-contract.ts';
import { compareTexts, membersOf, testPairs } from '../pairs.fixture.ts';
import { basket, typescriptPairs } from './typescript-pairs.fixture.ts';

testPairs('typescript', 'src/basket.ts', typescriptPairs);

it('R-SPEC-3: follows a file that the contract exports from', async () => {
  const file = (price: string) => ({
    path: 'src/api/index.ts',
    text: "export * from '../line.ts';\nexport { type Vat } from './vat.js';",
    others: {
      'src/line.ts': `export interface Line { price: ${price} }`,
      'src/api/vat.ts': 'export type Vat = 1;',
    },
  });
  const compared = await compareContract('typescript', { before: file('number'), after: file('string') });
  expect(membersOf(compared)).toEqual(['Line.price']);
});

it('R-SPEC-3: says what it was and what it is', async () => {
  const compared = await compareTexts('typescript', 'a.ts', basket, basket.replace('number', 'string'));
  expect(compared).toEqual({
    is: 'compared',
    breaking: [
      {
        member: 'Basket.total',
        before: 'number',
        after: 'string',
        message:
          'Basket.total is now string, before number: code that reads it may get what it does not expect.',
      },
    ],
  });
});

it('R-SPEC-3: a text that is not TypeScript is told with its line', async () => {
  const compared = await compareTexts('typescript', 'src/a.ts', basket, 'export interface {\n');
  expect(compared).toMatchObject({ is: 'unreadable', side: 'after' });
  expect(membersOf(compared)).toContain('src/a.ts is not TypeScript');
});

it('R-SPEC-3: a contract reads no file of this machine', async () => {
  const text =
    '/// <reference path="/etc/passwd" />\nimport x from "/etc/passwd";\nexport const y: typeof x = x;';
  expect(membersOf(await compareTexts('typescript', 'a.ts', text, text))).toEqual([]);
});
