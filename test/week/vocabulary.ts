// The data that the invented week is made of: projects, tasks, models, agents, and kinds of failure.

export interface ProjectDraft {
  name: string;
  test: string;
  tasks: readonly [string, ...string[]];
}

export const projects: readonly [ProjectDraft, ...ProjectDraft[]] = [
  {
    name: 'ledger-api',
    test: 'npm test',
    tasks: [
      'Refunds are booked twice when a webhook repeats',
      'Page through statements by cursor',
      'Reject amounts with more than two decimals',
      'Idempotency keys for transfers',
      'Rate limits per account',
      'Export statements as CSV',
      'Close an account only when its balance is zero',
      'Retry payouts that the bank has put off',
    ],
  },
  {
    name: 'checkout-web',
    test: 'npm run test:unit',
    tasks: [
      'The basket forgets a voucher on reload',
      'Addresses with an umlaut are refused',
      'Show delivery times by region',
      'A keyboard trap in the payment dialog',
      'Lazy-load the gallery',
      'Remember the last payment method',
      'Prices flicker between currencies',
    ],
  },
  {
    name: 'fleet-tracker',
    test: 'go test ./...',
    tasks: [
      'Positions from the southern hemisphere are mirrored',
      'Compact old tracks to one point a minute',
      'Alert when a vehicle leaves its zone',
      'Read NMEA sentences with a missing checksum',
      'Timeouts on the map tile proxy',
      'Batch inserts of positions',
    ],
  },
  {
    name: 'till',
    test: 'pytest -q',
    tasks: [
      'A split bill loses cents',
      'Print receipts in two languages',
      'VAT by product group',
      'Undo the last line of a receipt',
      'Day-end totals disagree after midnight',
    ],
  },
  {
    name: 'docs-site',
    test: 'npm run build',
    tasks: [
      'Broken anchors after the rename of sections',
      'A search index of 40 MB',
      'Dark mode for code samples',
      'Redirects for the old URLs',
    ],
  },
];

export const models = [
  ['anthropic/claude-sonnet-5', 45],
  ['anthropic/claude-haiku-5', 25],
  ['openai/gpt-5.2', 20],
  ['openai/gpt-5.2-mini', 10],
] as const;
export const agents = [
  ['claude-code', 45],
  ['patch', 25],
  ['codex', 20],
  ['aider', 10],
] as const;

export const patch = `diff --git a/src/refunds.ts b/src/refunds.ts
index 3f1c2aa..b9d04e1 100644
--- a/src/refunds.ts
+++ b/src/refunds.ts
@@ -36,9 +36,14 @@ export async function book(refund: Refund, books: Books): Promise<Booking> {
-  const amount = Number(refund.amount);
-  return books.add({ account: refund.account, amount });
+  // A webhook may come twice: the provider's own id makes the second one the first.
+  const known = await books.byExternalId(refund.externalId);
+  if (known) return known;
+  const amount = parseMoney(refund.amount);
+  return books.add({ account: refund.account, amount, externalId: refund.externalId });
 }
diff --git a/src/refunds.test.ts b/src/refunds.test.ts
index 0c5d1f2..a77e3c9 100644
--- a/src/refunds.test.ts
+++ b/src/refunds.test.ts
@@ -12,3 +12,9 @@ test('a refund is booked', async () => {
   expect(await books.count()).toBe(1);
 });
+
+test('a webhook that comes twice is booked once', async () => {
+  await book(refund, books);
+  await book(refund, books);
+  expect(await books.count()).toBe(1);
+});
`;
