// The values that apply to a project's next work order, and where each comes from.
import type { ProjectValuesView } from '../../../../src/contract/contract.ts';
import { Badge } from '../../parts/badge.tsx';
import { Card } from '../../parts/card.tsx';
import { type Column, PlainTable } from '../../parts/plain-table.tsx';
import { Failed, Loading } from '../../parts/states.tsx';
import { useValues } from './use-projects.ts';

type Value = ProjectValuesView['values'][number];

const sources: Readonly<Record<Value['source'], string>> = {
  run: 'the run',
  'work order': 'the work order',
  project: 'project setting',
  file: '.moose/config.yml',
  found: 'found in its files',
  default: 'default',
};

const columns: ReadonlyArray<Column<Value>> = [
  { head: 'Setting', cell: ({ key }) => key },
  { head: 'Value', cell: ({ value }) => <span className="[overflow-wrap:anywhere]">{value}</span> },
  {
    head: 'From',
    cell: ({ source }) => <Badge tone={source === 'default' ? 'neutral' : 'info'}>{sources[source]}</Badge>,
  },
];

const shaChars = 10;

export function ValuesCard({ id }: { id: string }) {
  const values = useValues(id);
  return (
    <Card title="The next work order" isFlush>
      {values.isPending ? <Loading what="the settings" lines={6} /> : null}
      {values.isError ? <Failed error={values.error} onRetry={() => void values.refetch()} /> : null}
      {values.data ? <Values {...values.data} /> : null}
    </Card>
  );
}

function Values({ commit, problem, values }: ProjectValuesView) {
  return (
    <>
      <p className="border-b border-line px-4 py-2 text-[13px] text-quiet">
        {commit === null ? (
          'Without the files of the repository'
        ) : (
          <>
            Read at commit <code>{commit.slice(0, shaChars)}</code>
          </>
        )}
      </p>
      {problem === null ? null : (
        <p className="border-b border-line bg-warn-soft px-4 py-2 text-warn [overflow-wrap:anywhere]">
          {problem}
        </p>
      )}
      <PlainTable caption="Settings" items={values} keyOf={({ key }) => key} columns={columns} />
    </>
  );
}
