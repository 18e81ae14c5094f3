// What a judge may send by mistake or on purpose: JavaScript's own names, extreme numbers, unordered messages.
import { expect, test } from 'vitest';
import { decisionLineSchema, type JudgedLine, judgeLineSchema } from '../contract/contract.ts';
import { LogReader } from '../engine/learning/replay/decision-log.ts';
import { JudgedSession } from '../engine/learning/replay/judged-session.ts';

type Choose = Extract<JudgedLine, { type: 'choose' }>;
const names = ['__proto__', 'constructor', 'toString', '1', 'a b>c,d', 'ü\u2028'];

/** Everything goes through JSON and the schema, as on standard input. */
function aSession(hello: object = {}) {
  const session = new JudgedSession();
  const say = (text: string) => session.handle(judgeLineSchema.parse(JSON.parse(text)));
  const choose = (line: object) => say(JSON.stringify(line)).lines[0] as Choose;
  choose({
    type: 'hello',
    protocol: 1,
    value: 3,
    max_tries: 3,
    seed: 1,
    arms: names.map((arm, index) => ({ arm, cost_hint: 0.1 * (index + 1) })),
    ...hello,
  });
  const outcome = ({ task, try: number, arm }: Choose, given: object) =>
    say(
      JSON.stringify({
        type: 'outcome',
        task,
        try: number,
        arm,
        status: 'failure',
        cost: 0.1,
        next: true,
        ...given,
      }),
    ).lines[0] as Choose;
  const task = (name: string, arms: readonly string[] = names) =>
    choose({ type: 'task', task: name, features: {}, arms });
  return { say, outcome, task };
}

function expectSound({ arm, propensities }: Choose, offer: readonly string[]): void {
  const shares = new Map(Object.entries(JSON.parse(JSON.stringify(propensities))) as [string, number][]);
  expect([...shares.keys()].sort()).toEqual([...offer, '-'].sort());
  expect([...shares.values()].reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 6);
  for (const share of shares.values()) expect(share).toBeGreaterThanOrEqual(0);
  expect(shares.get(arm ?? '-')).toBeGreaterThan(0);
}

test('R-LRN-6: arms, tasks and features may be named like members of JavaScript objects', () => {
  const { say, task, outcome } = aSession();
  for (const [index, name] of [...names, 'hasOwnProperty', ''].entries()) {
    let offer: string[] = [...names];
    let choice = task(name);
    for (let tried = 1; choice.arm !== null && tried <= 3; tried += 1) {
      expectSound(choice, offer);
      offer = offer.filter((arm) => arm !== choice.arm);
      choice = outcome(choice, index % 2 === 0 ? {} : { status: 'provider_fault' });
    }
    expectSound(choice, choice.try > 3 ? [] : offer);
  }
  const features = '{"__proto__":{"kind":"x"},"constructor":1,"kind":{"toString":2}}';
  const answer = say(`{"type":"task","task":"u","features":${features},"arms":["__proto__"]}`);
  expectSound(answer.lines[0] as Choose, ['__proto__']);
});

test('R-LRN-5: a log keeps the propensity of an arm named __proto__, and gives none to an inherited name', () => {
  const line = (propensities: string, arm = '__proto__') =>
    decisionLineSchema.parse(
      JSON.parse(
        `{"policy":"p","order":0,"position":0,"task":"t","try":1,"arm":"${arm}","propensities":${propensities},"status":"failure","cost":1}`,
      ),
    );
  const reader = new LogReader([['__proto__']]);
  reader.add(line('{"__proto__":0.25,"-":0.75}'), 1);
  expect(reader.log).toMatchObject({
    minPropensity: 0.25,
    workOrders: [[{ propensity: 0.25, wanted: [0] }]],
  });
  expect(() => new LogReader([]).add(line('{"-":1}', 'constructor'), 1)).toThrow('has no propensity');
  for (const wrong of ['{"a":-1}', '{"a":1.1}', '{"a":"1"}', '{"a":null}', 'null', '3'])
    expect(() => line(wrong), wrong).toThrow('number from 0 to 1');
});

test('numbers that would leave the range are refused, and the largest allowed ones keep choices sound', () => {
  const { say, task, outcome } = aSession();
  const refused = [
    '{"type":"arm","arm":"n","cost_hint":1e308}',
    '{"type":"arm","arm":"n","cost_hint":-1}',
    '{"type":"price","arm":"1","factor":1e308}',
    '{"type":"price","arm":"1","factor":5e-324}',
    '{"type":"outcome","task":"t","try":1,"arm":"1","status":"failure","cost":1e308,"next":false}',
    '{"type":"hello","protocol":1,"value":1e308,"arms":[]}',
    '{"type":"hello","protocol":1,"value":0,"arms":[]}',
    '{"type":"hello","protocol":1,"value":3,"max_tries":101,"arms":[]}',
  ];
  for (const line of refused) expect(() => say(line), line).toThrow();
  for (let time = 0; time < 60; time += 1) say('{"type":"price","arm":"1","factor":1e6}');
  for (let index = 0; index < 8; index += 1) {
    const choice = task(`t${index}`);
    expectSound(choice, names);
    if (choice.arm !== null) outcome(choice, { cost: 1e9, next: false });
  }
  for (let time = 0; time < 120; time += 1) say('{"type":"price","arm":"1","factor":1e-6}');
  expectSound(task('u'), names);
});

test('offers of nothing, of one and of a hundred arms, and fifty tries, are played; too many arms are refused', () => {
  const many = Array.from({ length: 100 }, (_, index) => `arm ${index}`);
  const { say, task, outcome } = aSession({
    max_tries: 50,
    value: 1_000,
    arms: many.map((arm) => ({ arm, cost_hint: 0.001 })),
  });
  expect(task('none', [])).toMatchObject({ arm: null, propensities: { '-': 1 } });
  expectSound(task('one', ['arm 7']), ['arm 7']);
  const tried: string[] = [];
  for (let choice = task('all', many); choice.arm !== null; choice = outcome(choice, {})) {
    expectSound(
      choice,
      many.filter((arm) => !tried.includes(arm)),
    );
    tried.push(choice.arm);
  }
  expect(new Set(tried).size).toBe(tried.length);
  expect(tried).toHaveLength(50);
  const tooMany = Array.from({ length: 10_001 }, (_, index) => ({ arm: `${index}` }));
  expect(() => aSession({ arms: tooMany })).toThrow('more than 10000 arms');
  expect(() =>
    task(
      'many',
      tooMany.map(({ arm }) => arm),
    ),
  ).toThrow('more than 10000 arms');
  const { say: sayFull } = aSession({ arms: tooMany.slice(1) });
  expect(() => sayFull('{"type":"arm","arm":"0"}')).toThrow('more than 10000 arms');
  expect(say('{"type":"end"}').isOver).toBe(true);
});

test('outcomes of tasks that have ended, and corrections before an outcome, change nothing that is summed up', () => {
  const { say, task, outcome } = aSession();
  const first = task('t');
  const correction = (status: string) =>
    JSON.stringify({ type: 'correction', task: 't', try: 1, arm: first.arm, status });
  expect(say(correction('failure')).warning).toContain('no outcome of try 1 of "t"');
  outcome(first, { status: 'success', next: false, cost: 1 });
  expect(() => outcome(first, { status: 'success', next: false })).toThrow('no outcome of the task "t"');
  for (let time = 0; time < 30; time += 1)
    for (const status of ['failure', 'failure', 'success']) say(correction(status));
  expectSound(task('u'), names);
  expect(say('{"type":"end"}').lines).toEqual([
    { type: 'summary', tasks: 2, tries: 1, successes: 1, cost: 1, value_per_task: 1 },
  ]);
});
