import { sql } from 'kysely';
import { expect, test } from 'vitest';
import type { AnswerPolicy, EscalationCard } from '../contract/contract.ts';
import { asking } from '../engine/questions/asking.fixture.ts';
import type { OptionDraft } from '../store/failures/escalations.ts';
import { apiGround } from './api-ground.fixture.ts';

const json = (body: unknown) => ({
  method: 'POST',
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json' },
});
const answerTo = (id: string) => `/api/escalations/${id}/answer`;

test('R-ESC-3: the open ones come first, a page at a time, and none is shown twice or left out', async () => {
  const { call, database } = await apiGround();
  const ids: string[] = [];
  for (let count = 0; count < 5; count++) ids.push((await asking(database)).id);
  await call(answerTo(ids[4] ?? ''), json({ option: 'cancel' }));
  const pages = async (status: string) => {
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const given = cursor === '' ? '' : `&cursor=${cursor}`;
      const { body } = await call(`/api/escalations?status=${status}&limit=2${given}`);
      const page = body as { items: EscalationCard[]; next_cursor: string | null };
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.next_cursor;
    }
    return seen;
  };
  expect(await pages('open')).toEqual([ids[3], ids[2], ids[1], ids[0]]);
  expect(await pages('all')).toEqual([ids[3], ids[2], ids[1], ids[0], ids[4]]);
  expect(await call('/api/escalations?cursor=nonsense')).toMatchObject({
    status: 400,
    body: { code: 'CURSOR_INVALID' },
  });
});

test('R-ESC-2: an answer is given once; the same again is success, another one is told who was faster with what', async () => {
  const { call, database, tokens } = await apiGround();
  const { id } = await asking(database);
  const same = json({ option: 'cancel', note: 'Enough.' });
  const answers = await Promise.all([1, 2, 3].map(() => call(answerTo(id), same)));
  expect(answers.map(({ status }) => status)).toEqual([202, 202, 202]);
  expect(answers[0]?.body).toMatchObject({ id, chosen_option: 'cancel', resolved_by: 'api:admin' });
  const other = {
    status: 409,
    body: {
      code: 'ESCALATION_ANSWERED',
      detail: expect.stringMatching(/was already answered by api:admin with cancel\.$/),
    },
  };
  expect(await call(answerTo(id), json({ option: 'retry' }))).toMatchObject(other);
  expect(await call(answerTo(id), json({ option: 'cancel', note: 'Never.' }))).toMatchObject(other);
  expect(await call(answerTo(id), json({ option: 'cancel', note: 'Enough.', always: true }))).toMatchObject({
    status: 409,
  });
  expect(await call(answerTo('ffffffff'), same)).toMatchObject({ status: 404 });
  const viewer = { ...same, headers: { ...same.headers, authorization: `Bearer ${tokens.viewer}` } };
  expect(await call(answerTo(id), viewer)).toMatchObject({ status: 403, body: { code: 'ROLE_TOO_LOW' } });
});

test('R-UI-4: fear: an operator raises the limit of the whole system by answering a question', async () => {
  const { call, database, tokens } = await apiGround();
  const raise: OptionDraft = {
    id: 'raise_daily_limit',
    kind: 'raise_limit',
    label: 'Raise it',
    from: 'routing',
    systemLimit: 'daily',
    limitNanoUsd: '125000000000',
    costNanoUsd: null,
    risk: 'high',
    chance: null,
    chanceOf: 0,
  };
  const { id } = await asking(database, { options: [raise], recommendedOption: raise.id });
  const as = (token: string, path: string, body: object) => {
    const given = json(body);
    return call(path, { ...given, headers: { ...given.headers, authorization: `Bearer ${token}` } });
  };
  const tooLow = { status: 403, body: { code: 'ROLE_TOO_LOW' } };
  const answer = { option: raise.id };
  expect(await as(tokens.operator, answerTo(id), answer)).toMatchObject(tooLow);
  const decision = { escalation_id: id, option: raise.id };
  expect(await as(tokens.operator, '/api/client-manager/execute', decision)).toMatchObject(tooLow);
  // The short form of an option never means this one.
  expect(await as(tokens.operator, answerTo(id), { option: 'raise_limit' })).toMatchObject({
    status: 409,
    body: { code: 'OPTION_UNKNOWN' },
  });
  expect((await call(`/api/escalations/${id}`)).body).toMatchObject({ status: 'open' });
});

test('R-ESC-3: an option that nobody offered is refused, and it is still open', async () => {
  const { call, database } = await apiGround();
  const { id } = await asking(database);
  expect(await call(answerTo(id), json({ option: 'pray' }))).toMatchObject({
    status: 409,
    body: { code: 'OPTION_UNKNOWN', advice: expect.stringContaining('retry, model:p/b, cancel') },
  });
  expect(await call(`/api/escalations/${id}`)).toMatchObject({ status: 200, body: { status: 'open' } });
});

test('questions that an older version asked can still be read, with what can be chosen', async () => {
  const { call, database } = await apiGround();
  const { id } = await asking(database);
  const odd = JSON.stringify([{ id: 'cancel', kind: 'cancel' }, { id: 'pray', kind: 'pray' }, {}, null]);
  await sql`update escalations set options = ${odd}::jsonb where id = ${id}`.execute(database.query);
  const cancel = {
    id: 'cancel',
    kind: 'cancel',
    label: 'cancel',
    command: '',
    cost_usd: null,
    risk: 'high',
    chance: null,
    chance_of: 0,
    chance_basis: null,
    needs_note: false,
  };
  const options = [expect.objectContaining(cancel)];
  expect(await call('/api/escalations')).toMatchObject({ status: 200, body: { items: [{ id, options }] } });
  await sql`update escalations set options = '{}' where id = ${id}`.execute(database.query);
  expect(await call(`/api/escalations/${id}`)).toMatchObject({ status: 200, body: { options: [] } });
});

test('R-ESC-4: an answer that holds from now on is listed, revoked once, and listed no more', async () => {
  const { call, database } = await apiGround();
  const { id } = await asking(database);
  expect((await call(answerTo(id), json({ option: 'cancel', always: true }))).status).toBe(202);
  expect((await call(answerTo(id), json({ option: 'cancel', always: true }))).status).toBe(202);
  const listed = async (all = '') =>
    ((await call(`/api/answer-policies${all}`)).body as { items: AnswerPolicy[] }).items;
  const [policy] = await listed();
  expect(policy).toMatchObject({ option: 'cancel', failure_class: 'test_fail', created_by: 'api:admin' });
  const revoke = () => call(`/api/answer-policies/${policy?.id}`, { method: 'DELETE' });
  expect([(await revoke()).status, (await revoke()).status]).toEqual([204, 204]);
  expect(await listed()).toEqual([]);
  expect(await listed('?all=true')).toMatchObject([{ revoked_by: 'api:admin' }]);
  const missing = await call('/api/answer-policies/ffffffff', { method: 'DELETE' });
  expect(missing).toMatchObject({ status: 404, body: { code: 'POLICY_NOT_FOUND' } });
});

test('R-ESC-6: the measures stand beside their goals', async () => {
  const { call, database } = await apiGround();
  const { id } = await asking(database);
  await call(answerTo(id), json({ option: 'cancel' }));
  await asking(database);
  expect(await call('/api/escalation-measures?days=7')).toMatchObject({
    status: 200,
    body: {
      days: 7,
      open_backlog: 1,
      work_orders: 2,
      asked: 2,
      answered: 1,
      answered_by_itself: 0,
      escalation_rate: { value: 1, goal: 0.05 },
      mean_time_to_resolve_ms: { value: expect.any(Number), goal: 1_800_000 },
      mean_time_to_detection_ms: { value: null, goal: 5_000 },
    },
  });
  expect((await call('/api/escalation-measures?days=0')).status).toBe(400);
});

test('R-ESC-7: a question is handed on by an operator, and listed for its owner', async () => {
  const { call, database, tokens } = await apiGround();
  const { id } = await asking(database);
  const to = (owner: unknown, token?: string) =>
    call(`/api/escalations/${id}/owner`, {
      method: 'PUT',
      body: JSON.stringify({ owner }),
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
    });
  expect(await to('eve', tokens.viewer)).toMatchObject({ status: 403, body: { code: 'ROLE_TOO_LOW' } });
  expect(await to('two words')).toMatchObject({ status: 400 });
  expect(await to('eve')).toMatchObject({ status: 200, body: { id, owner: 'eve' } });
  expect(await call('/api/escalations?owner=eve')).toMatchObject({ status: 200, body: { items: [{ id }] } });
  expect(await call('/api/escalations?owner=me')).toMatchObject({ status: 200, body: { items: [] } });
  const { rows } = await sql<{
    line: string;
  }>`select act || ' ' || actor || ' ' || (detail ->> 'owner') as line
    from audit_log where act = 'escalation.hand_on' and detail ? 'owner' order by id limit 1`.execute(
    database.query,
  );
  expect(rows).toEqual([{ line: 'escalation.hand_on api:admin eve' }]);
});
