// Two policies on the work orders of a project: what each comparison has shown, and the start of another one.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { Experiment, ExperimentRequest, LearnedPolicy } from '../../../../src/contract/contract.ts';
import { ask } from '../../api/ask.ts';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { Field, inputClass } from '../../parts/field.tsx';
import { usd } from '../../parts/money.ts';
import { PlainTable } from '../../parts/plain-table.tsx';
import { legible } from '../../parts/plain-text.ts';
import { Failed } from '../../parts/states.tsx';
import { TextField } from '../../parts/text-field.tsx';
import { Words } from '../../parts/words.tsx';
import { announce } from '../../shell/announcements.tsx';
import { useMe } from '../../shell/me.ts';
import { count } from '../monitoring/words.ts';

const key = ['learning', 'experiments'];

/** Shows nothing until a project has a learner. */
export function Experiments({ projects }: { projects: LearnedPolicy['projects'] }) {
  const asked = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => ask('get /api/learning/experiments', { signal }),
  });
  const { me } = useMe();
  if (!asked.data || projects.length === 0) return null;
  const { items } = asked.data;
  const mayStart = me.is_person && me.role !== 'viewer';
  return (
    <Card title="Comparisons of two policies" isFlush>
      {items.length === 0 ? (
        <p className="px-4 py-3 text-quiet">No policies have been compared yet.</p>
      ) : (
        <Compared items={items} mayChange={me.role !== 'viewer'} />
      )}
      {mayStart ? <Start projects={projects.map(({ project }) => project)} /> : null}
    </Card>
  );
}

function useChange<Given>(change: (given: Given) => Promise<unknown>, done: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: () => {
      announce(done);
      return queries.invalidateQueries({ queryKey: key });
    },
  });
}

function Compared({ items, mayChange }: { items: readonly Experiment[]; mayChange: boolean }) {
  const stop = useChange(
    (id: string) => ask('delete /api/learning/experiments/{id}', { params: { id } }),
    'Stopped.',
  );
  return (
    <>
      <PlainTable
        caption="Comparisons of two policies"
        items={items}
        keyOf={({ id }) => id}
        columns={[
          { head: 'Project', cell: ({ project }) => legible(project) },
          { head: 'Policies', cell: ({ a, b }) => legible(`${a} against ${b}`) },
          { head: 'State', cell: ({ state }) => state },
          { head: 'Verdict', cell: ({ verdict }) => <Words text={verdict} /> },
          {
            head: 'Work orders',
            cell: ({ assigned, pending }) => `${count(assigned)}, ${count(pending)} not finished`,
          },
          { head: 'Spent', cell: ({ spent_usd, cap_usd }) => `${usd(spent_usd)} of ${usd(cap_usd)}` },
          {
            head: 'Change',
            cell: ({ id, state, a, b }) =>
              state === 'running' ? (
                <Button
                  size="small"
                  aria-label={`Stop: ${a} against ${b}`}
                  disabled={!mayChange}
                  isBusy={stop.isPending && stop.variables === id}
                  onClick={() => stop.mutate(id)}
                >
                  Stop
                </Button>
              ) : null,
          },
        ]}
      />
      {stop.isError ? <Failed error={stop.error} /> : null}
    </>
  );
}

function Start({ projects }: { projects: readonly string[] }) {
  const [wish, setRequest] = useState({ project: projects[0] ?? '', a: 'static', b: 'learned', cap: '' });
  const start = useChange(
    (body: ExperimentRequest) => ask('post /api/learning/experiments', { body }),
    'Started.',
  );
  const cap = Number(wish.cap);
  const isComplete = wish.a.trim() !== '' && wish.b.trim() !== '' && cap > 0;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const { project, a, b } = wish;
    start.mutate({ project, a: a.trim(), b: b.trim(), cap_usd: cap });
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-3 border-t border-line px-4 py-3">
      <p>Half of the work orders go to each policy, until it is clear which is better.</p>
      <div className="grid gap-3 sm:grid-cols-2">
        <Field label="Project">
          {(attributes) => (
            <select
              {...attributes}
              value={wish.project}
              onChange={({ target }) => setRequest({ ...wish, project: target.value })}
              className={inputClass}
            >
              {projects.map((name) => (
                <option key={name} value={name}>
                  {legible(name)}
                </option>
              ))}
            </select>
          )}
        </Field>
        <TextField
          label="Cap, in dollars"
          help="No more work orders join once the experiment has cost this much."
          value={wish.cap}
          onChange={(text) => setRequest({ ...wish, cap: text })}
        />
        <TextField
          label="First policy"
          help="static, learned, or fixed:MODEL>MODEL"
          value={wish.a}
          onChange={(a) => setRequest({ ...wish, a })}
        />
        <TextField label="Second policy" value={wish.b} onChange={(b) => setRequest({ ...wish, b })} />
      </div>
      <div>
        <Button type="submit" disabled={!isComplete} isBusy={start.isPending}>
          Start comparison
        </Button>
      </div>
      {start.isError ? <Failed error={start.error} /> : null}
    </form>
  );
}
