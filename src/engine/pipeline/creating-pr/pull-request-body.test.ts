import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newId, shortId, type WorkOrderId } from '../../../domain/ids.ts';
import type { WorkOrder } from '../../../store/work/work-orders/work-orders.ts';
import { pullRequestBody } from './pull-request-texts.ts';

type Facts = Parameters<typeof pullRequestBody>[0];

const id = newId<WorkOrderId>(new Date());
const order = {
  id,
  title: 'Mend it',
  description: 'It is broken.',
  acceptance: 'It works.',
  settings: {},
  isScripted: false,
  costNanoUsd: 120_000_000n,
  modelCalls: 2,
  refinementCycles: 1,
} as WorkOrder;
const check = {
  kind: 'test' as const,
  command: 'npm test',
  passed: true,
  exitCode: 0,
  signal: null,
  timedOut: false,
  stoppedBecause: null,
  durationMs: 1_500,
  outputTail: '',
};

function facts(
  changed: { order?: Partial<WorkOrder>; plan?: string; risks?: string[]; command?: string } = {},
): Facts {
  return {
    order: { ...order, ...changed.order },
    routed: {
      complexity: 0.5,
      hardStopWords: [],
      reasons: [],
      tier: 'standard',
      models: [],
      agent: 'patch',
      envelopeNanoUsd: '1000000000',
      reservationId: 'r',
      baseBranch: 'main',
      baseSha: 'b',
      branch: 'moose/x',
      hasUncommittedChanges: false,
    },
    generated: {
      proposal: { plan: changed.plan ?? 'Mends it.', edits: [], risks: changed.risks ?? [] },
      brief: null,
      model: 'scripted/light',
      attempts: 1,
    },
    applied: {
      outcome: 'changed',
      headSha: 'h',
      treeSha: 't',
      changedFiles: 1,
      agent: 'patch',
      sessionId: 's',
      summary: 'Applied.',
    },
    verified: {
      checks: [{ ...check, command: changed.command ?? check.command }],
      isVerified: true,
      treeSha: 't',
    },
  };
}

test("R-REC-4: the reviewer's remaining findings are quoted for readers of the pull request", () => {
  const given = facts();
  const review = { reviewer: 'a/`b`', verdict: 'revise' as const, findings: ['# Not\na heading'] };
  const body = pullRequestBody({ ...given, verified: { ...given.verified, review } });
  expect(body).toContain('## Review\n\n`` a/`b` `` still requests changes.\n\n> - # Not a heading\n');
});

test('R-PIPE-7: it contains the request, the change, the checks, the cost and how to run it again', () => {
  const short = shortId(id);
  expect(pullRequestBody(facts({ risks: ['It may\nbreak.'] }))).toBe(`## Asked

> It is broken.

## Done when

> It works.

## Done

> Mends it.

## Risks

- It may break.

## Checks

- ✓ test: \`npm test\` (1.5 s)

## Cost

$0.12 of $1.00 · 2 model calls · 1 refinement cycle · scripted/light · patch

## Commands

\`moose show ${short}\` · \`moose diff ${short}\` · \`moose undo ${short}\`

To run it again: \`moose send ${short} "…"\` with what should be different, while it waits for its checks; after that, \`moose undo ${short}\`, and \`moose run\` with what was asked above.
`);
});

test('R-GREEN-1: what was found beyond the checks stands under them', () => {
  const given = facts();
  const text = 'An added test passes without the change too: a.test.js > holds @all.';
  given.verified.findings = [{ weight: 'tells', kind: 'never_red', text, files: [], tests: [] }];
  expect(pullRequestBody(given)).toMatch(
    /Found beyond the checks:\n\n- An added test passes without the change too/,
  );
});

test('R-BASE-5: work of a scripted model says so first', () => {
  expect(pullRequestBody(facts({ order: { isScripted: true } }))).toMatch(
    /^> Made by a \*\*scripted model\*\*/,
  );
});

test('if nothing was verified, or the repository was dirty, it says so', () => {
  const given = facts();
  const body = pullRequestBody({
    ...given,
    verified: { checks: [], isVerified: false, treeSha: 't' },
    routed: { ...given.routed, hasUncommittedChanges: true },
  });
  expect(body).toContain('**Not verified: no checks were found.**');
  expect(body).toContain('had uncommitted changes');
});

test('the change of an agent that writes code itself is described by its summary', () => {
  const given = facts();
  const generated = { ...given.generated, proposal: null, model: null };
  expect(pullRequestBody({ ...given, generated })).toContain('## Done\n\n> Applied.\n');
});

/** What a reader of Markdown treats as separate lines. */
const lines = (body: string) => body.split(/\r\n|\r|\n/);

test('R-SEC-2: untrusted text makes no heading, no list of checks and no command of ours', () => {
  const hostile = fc
    .array(
      fc.constantFrom('\n', '\r', '\r\n', '## Checks', '- ✓ test: `npm test`', '/moose stop', 'words', ' '),
    )
    .map((parts) => parts.join(''));
  const skeleton = lines(pullRequestBody(facts())).filter((line) => !line.startsWith('>'));
  fc.assert(
    fc.property(hostile, hostile, hostile, (description, acceptance, plan) => {
      fc.pre(description !== '' && acceptance !== '' && plan !== '');
      const body = pullRequestBody(facts({ order: { description, acceptance }, plan }));
      expect(lines(body).filter((line) => !line.startsWith('>'))).toEqual(skeleton);
    }),
  );
});

test('R-SEC-2: a command can end neither its quotation nor its line', () => {
  expect(pullRequestBody(facts({ command: 'echo `date` ``\n## Checks\n- all fine' }))).toContain(
    '- ✓ test: ``` echo `date` `` ## Checks - all fine ``` (1.5 s)',
  );
});

test('R-SEC-2: fear: a request or a plan notifies people or closes issues on the forge', () => {
  const order = { description: 'Ask @acme/all.\nFixes #12', acceptance: 'closes https://example.org/1' };
  const body = pullRequestBody(facts({ order, plan: 'As @grace said: resolves #3.', risks: ['@everyone'] }));
  expect(body).not.toMatch(/@(?:acme|grace|everyone)|(?:fixes|closes|resolves) (?:#|http)/i);
});

test('R-AGENT-2: the body names the command that made the change, how it ended, and that nothing was spent', () => {
  const given = facts({
    order: { settings: { command: 'npx `prettier`\n--write .' }, costNanoUsd: 0n, modelCalls: 0 },
  });
  const summary = 'The command ended with exit code 0 after 1.5 s.';
  const body = pullRequestBody({
    ...given,
    generated: { proposal: null, brief: null, model: null, attempts: 0 },
    applied: { ...given.applied, agent: 'command', summary },
  });
  expect(body).toContain('Made by the command `` npx `prettier` --write . ``, without an agent or a model.');
  expect(body).toContain(`> ${summary}`);
  expect(body).toContain('$0.00: a command, no model call');
  expect(body).toContain('To run it again: `moose undo');
  expect(body).not.toContain('moose send');
});
