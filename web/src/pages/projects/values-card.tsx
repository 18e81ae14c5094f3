// The values that apply to a project's next work order, and where each comes from.
import type { ProjectValuesView } from '../../../../src/contract/contract.ts';
import { Badge } from '../../parts/badge.tsx';
import { Card } from '../../parts/card.tsx';
import { type Column, PlainTable } from '../../parts/plain-table.tsx';
import { legible } from '../../parts/plain-text.ts';
import { Failed, Loading } from '../../parts/states.tsx';
import { Ago } from '../../parts/time.tsx';
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
  { head: 'Value', cell: ({ value }) => <span className="[overflow-wrap:anywhere]">{legible(value)}</span> },
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

function Values({ commit, problem, values, files, prepared }: ProjectValuesView) {
  return (
    <>
      <p className="border-b border-line px-4 py-2 text-[13px] text-quiet">
        {commit === null ? (
          'The files of the repository cannot be read here'
        ) : (
          <>
            Read at commit <code>{commit.slice(0, shaChars)}</code>
          </>
        )}
      </p>
      {problem === null ? null : (
        <p className="border-b border-line bg-warn-soft px-4 py-2 text-warn [overflow-wrap:anywhere]">
          {legible(problem)}
        </p>
      )}
      <PlainTable caption="Settings" items={values} keyOf={({ key }) => key} columns={columns} />
      {files === null ? null : <Files {...files} />}
      {prepared === null ? null : <Prepared {...prepared} />}
    </>
  );
}

/** The files that are copied into worktrees, where agents can read them. */
function Files({ names, total, likely_secrets, left_out, problem }: NonNullable<ProjectValuesView['files']>) {
  const more = total > names.length ? ` and ${total - names.length} more` : '';
  return (
    <div className="border-t border-line px-4 py-2 [overflow-wrap:anywhere]">
      <p>
        {problem ??
          (total === 0
            ? 'No ignored file of the checkout matches the patterns.'
            : `Copied into each worktree, where setup, checks and agents can read them: ${legible(names.join(', '))}${more}`)}
      </p>
      {likely_secrets.length === 0 ? null : (
        <p className="text-warn">
          May hold secrets: {legible(likely_secrets.join(', '))}. Put secrets into variables: an agent gets
          those only by name.
        </p>
      )}
      {left_out.map(({ path, because }) => (
        <p key={path} className="text-[13px] text-quiet">
          Not copied: {legible(path)}: {because}
        </p>
      ))}
    </div>
  );
}

const preparedAs: Readonly<Record<NonNullable<ProjectValuesView['prepared']>['state'], string>> = {
  ready: 'Dependencies are prepared on this machine.',
  likely: 'Dependencies are prepared on this machine, unless tools or environment differ where it runs.',
  missing: 'Dependencies are not prepared: the next work order runs the setup.',
  off: 'Nothing is kept: each work order runs the setup.',
};

const bytesPerMib = 1024 ** 2;

function Prepared({ state, bytes, made_at, used_at }: NonNullable<ProjectValuesView['prepared']>) {
  return (
    <p className="border-t border-line px-4 py-2">
      {preparedAs[state]}
      {bytes === null || used_at === null ? null : (
        <span className="text-quiet">
          {' '}
          {Math.max(1, Math.round(bytes / bytesPerMib))} MiB
          {made_at === null ? null : (
            <>
              , made <Ago at={made_at} />
            </>
          )}
          , last used <Ago at={used_at} />
        </span>
      )}
    </p>
  );
}
