// Spend, errors, throughput and questions over time.
import { useState } from 'react';
import type { Range, Trends } from '../../../../src/contract/contract.ts';
import { OverTime } from '../../charts/over-time.tsx';
import { badLook, goodLook, lookAt, othersLook } from '../../charts/series-look.ts';
import { stackOverTime } from '../../charts/stack-over-time.ts';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { usd } from '../../parts/money.ts';
import { Empty } from '../../parts/states.tsx';
import { duration } from '../../parts/time.tsx';
import { Answered } from './answered.tsx';
import { useTrends } from './queries.ts';
import { count, spaced } from './words.ts';

const bys = ['model', 'project'] as const;
type By = (typeof bys)[number];

export function SpendCard({ range }: { range: Range }) {
  const trends = useTrends(range);
  const [by, setBy] = useState<By>('model');
  return (
    <Card title={`Spent, last ${range}`} aside={<Switch by={by} onChange={setBy} />} className="min-w-0">
      <Answered query={trends} what="the spend">
        {(data) =>
          data.spend.length === 0 ? (
            <Empty title="No spend in this period">Model calls appear here when they end.</Empty>
          ) : (
            <SpendPicture data={data} by={by} />
          )
        }
      </Answered>
    </Card>
  );
}

function Switch({ by, onChange }: { by: By; onChange(by: By): void }) {
  return (
    <fieldset className="flex gap-1">
      <legend className="sr-only">Group by</legend>
      {bys.map((each) => (
        <Button
          key={each}
          size="small"
          look={each === by ? 'plain' : 'quiet'}
          aria-pressed={each === by}
          onClick={() => onChange(each)}
        >
          by {each}
        </Button>
      ))}
    </fieldset>
  );
}

/** Wasted spend is its own series, on top, and is not counted again under the models. */
function SpendPicture({ data, by }: { data: Trends; by: By }) {
  const useful = data.spend.map((row) => ({
    at: row.at,
    name: row[by] || 'no project',
    value: Math.max(0, row.usd - row.wasted_usd),
  }));
  const stack = stackOverTime(data, useful);
  const wasted = stackOverTime(
    data,
    data.spend.map(({ at, wasted_usd }) => ({ at, name: 'wasted', value: wasted_usd })),
  );
  const wastedUsd = wasted.series[0]?.total ?? 0;
  return (
    <OverTime
      caption={`Spend in the last ${data.range} by ${by}, with wasted spend shown separately`}
      series={[
        ...stack.series.map(({ name, total, isOthers }, index) => ({
          name,
          total,
          look: isOthers ? othersLook : lookAt(index),
        })),
        { name: 'wasted', total: wastedUsd, look: badLook },
      ]}
      points={stack.points.map(({ at, values }, index) => ({
        at,
        values: [...values, wasted.points[index]?.values[0] ?? 0],
      }))}
      bucketMs={data.bucket_ms}
      show={usd}
    />
  );
}

export function ErrorsCard({ range }: { range: Range }) {
  const trends = useTrends(range);
  return (
    <Card title={`Errors by class, last ${range}`} className="min-w-0">
      <Answered query={trends} what="the errors over time">
        {(data) => {
          if (data.errors.length === 0)
            return <Empty title="No errors in this period">Failures appear here by class.</Empty>;
          const rows = data.errors.map(({ at, failure_class, count: value }) => ({
            at,
            name: spaced(failure_class),
            value,
          }));
          const { series, points } = stackOverTime(data, rows);
          return (
            <OverTime
              caption={`Errors in the last ${data.range}, by class`}
              series={series.map(({ name, total, isOthers }, index) => ({
                name,
                total,
                look: isOthers ? othersLook : lookAt(index),
              }))}
              points={points}
              bucketMs={data.bucket_ms}
              show={count}
              isWhole
            />
          );
        }}
      </Answered>
    </Card>
  );
}

const ends = [
  { key: 'completed', name: 'completed', look: goodLook },
  { key: 'failed', name: 'failed', look: badLook },
  { key: 'asked', name: 'needed a decision', look: { ...lookAt(1), pattern: 'rising' } },
] as const;

export function ThroughputCard({ range }: { range: Range }) {
  const trends = useTrends(range);
  return (
    <Card title={`Work orders, last ${range}`} className="min-w-0">
      <Answered query={trends} what="the work orders over time">
        {(data) =>
          data.throughput.length === 0 ? (
            <Empty title="No work orders in this period">
              Submitted work orders and their results appear here.
            </Empty>
          ) : (
            <ThroughputPicture data={data} />
          )
        }
      </Answered>
    </Card>
  );
}

function ThroughputPicture({ data }: { data: Trends }) {
  const rows = data.throughput.flatMap((row) =>
    ends.map(({ key, name }) => ({ at: row.at, name, value: row[key] })),
  );
  const { points, series } = stackOverTime(data, rows);
  const submitted = data.throughput.reduce((sum, row) => sum + row.submitted, 0);
  const placeOf = (name: string) => series.findIndex((one) => one.name === name);
  return (
    <div className="flex flex-col gap-2">
      <p className="text-[13px] text-quiet">
        {count(submitted)} submitted in this period. The bars show how work orders ended.
      </p>
      <OverTime
        caption={`Work orders in the last ${data.range} that completed, failed or needed a decision`}
        series={ends.map(({ name, look }) => ({ name, look, total: series[placeOf(name)]?.total ?? 0 }))}
        points={points.map(({ at, values }) => ({
          at,
          values: ends.map(({ name }) => values[placeOf(name)] ?? 0),
        }))}
        bucketMs={data.bucket_ms}
        show={count}
        isWhole
      />
    </div>
  );
}

const ofQuestions = ['open', 'answer_ms', 'delivery_ms'] as const;
type OfQuestions = (typeof ofQuestions)[number];
const namesOfQuestions: Readonly<Record<OfQuestions, string>> = {
  open: 'open',
  answer_ms: 'time to answer',
  delivery_ms: 'time to deliver',
};

export function QuestionsCard({ range }: { range: Range }) {
  const trends = useTrends(range);
  const [of, setOf] = useState<OfQuestions>('open');
  return (
    <Card
      title={`Questions, last ${range}`}
      aside={
        <fieldset className="flex flex-wrap gap-1">
          <legend className="sr-only">Show</legend>
          {ofQuestions.map((each) => (
            <Button
              key={each}
              size="small"
              look={each === of ? 'plain' : 'quiet'}
              aria-pressed={each === of}
              onClick={() => setOf(each)}
            >
              {namesOfQuestions[each]}
            </Button>
          ))}
        </fieldset>
      }
      className="min-w-0"
    >
      <Answered query={trends} what="the questions over time">
        {(data) =>
          data.questions.every(({ open, asked, answered }) => open + asked + answered === 0) ? (
            <Empty title="No questions in this period">Questions to people appear here.</Empty>
          ) : (
            <QuestionsPicture data={data} of={of} />
          )
        }
      </Answered>
    </Card>
  );
}

/** How many are open at the end of each period, or how long those of the period took on average. */
function QuestionsPicture({ data, of }: { data: Trends; of: OfQuestions }) {
  const values = data.questions.map((row) => row[of]);
  const known = values.filter((value) => value !== null);
  const newest = known.at(-1) ?? 0;
  const mean = known.length === 0 ? 0 : known.reduce((sum, value) => sum + value, 0) / known.length;
  const name = namesOfQuestions[of];
  return (
    <OverTime
      caption={
        of === 'open'
          ? `Open questions in the last ${data.range}`
          : `Mean ${name} of questions in the last ${data.range}`
      }
      series={[{ name, total: of === 'open' ? newest : mean, look: lookAt(1) }]}
      points={data.questions.map(({ at }, index) => ({ at, values: [values[index] ?? 0] }))}
      bucketMs={data.bucket_ms}
      show={of === 'open' ? count : duration}
      isWhole={of === 'open'}
    />
  );
}
