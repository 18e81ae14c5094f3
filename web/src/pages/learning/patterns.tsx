// Where models fail more often than others, with a button that turns this into a rule; and what refinement achieves.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { z } from 'zod';
import type {
  Exclusion,
  ExclusionRequest,
  exclusionRequestSchema,
  Patterns as Found,
} from '../../../../src/contract/contract.ts';
import { ask } from '../../api/ask.ts';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { usd } from '../../parts/money.ts';
import { nameOfActor } from '../../parts/name-of-actor.ts';
import { PlainTable } from '../../parts/plain-table.tsx';
import { legible } from '../../parts/plain-text.ts';
import { Failed } from '../../parts/states.tsx';
import { Words } from '../../parts/words.tsx';
import { useMe } from '../../shell/me.ts';
import { count, percent } from '../monitoring/words.ts';

type Finding = Found['findings'][number];

const key = ['learning', 'patterns'];

export function Patterns() {
  const asked = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => ask('get /api/learning/patterns', { signal }),
  });
  if (!asked.data) return null;
  const { findings, exclusions, cycles, cycles_text } = asked.data;
  return (
    <>
      <Card title="What to change" isFlush>
        <ul className="divide-y divide-line">
          {findings.length === 0 ? (
            <li className="px-4 py-3 text-quiet">
              Nothing: no model fails significantly more often than the others at any kind of work.
            </li>
          ) : null}
          {findings.map((finding) => (
            <FindingRow key={finding.text} finding={finding} />
          ))}
        </ul>
        <Exclusions exclusions={exclusions.filter(({ revoked_at }) => revoked_at === null)} />
      </Card>
      {cycles.length === 0 ? null : (
        <Card title="Effect of refinement" isFlush>
          <p className="px-4 py-3">{cycles_text}</p>
          <PlainTable
            caption="Success of each refinement cycle"
            items={cycles}
            keyOf={({ cycle }) => String(cycle)}
            columns={[
              { head: 'Cycle', cell: ({ cycle }) => (cycle === 0 ? 'First try' : String(cycle)) },
              { head: 'Reached', cell: ({ reached }) => count(reached) },
              { head: 'Succeeded', cell: (each) => `${count(each.succeeded)} (${percent(each.rate)})` },
              { head: '95% interval', cell: ({ low, high }) => `${percent(low)} to ${percent(high)}` },
              {
                head: 'Cost per success',
                cell: (each) => (each.cost_per_success_usd === null ? '–' : usd(each.cost_per_success_usd)),
              },
            ]}
          />
        </Card>
      )}
    </>
  );
}

function useChange<Given>(change: (given: Given) => Promise<unknown>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: () => queries.invalidateQueries({ queryKey: key }),
  });
}

function FindingRow({
  finding: { text, evidence, suggestion, exclusion, is_excluded },
}: {
  finding: Finding;
}) {
  const mayChange = useMe().me.role !== 'viewer';
  // What was found names only known kinds of work.
  const stop = useChange((body: ExclusionRequest) =>
    ask('post /api/learning/exclusions', { body: body as z.input<typeof exclusionRequestSchema> }),
  );
  return (
    <li className="flex flex-col gap-1.5 px-4 py-2.5 [overflow-wrap:anywhere]">
      <p className="font-medium">
        <Words text={text} />
      </p>
      <p className="text-[13px] text-quiet">
        <Words text={evidence} />
      </p>
      <div className="flex flex-wrap items-center gap-3">
        <span>
          <Words text={is_excluded ? `Done: ${suggestion}` : suggestion} />
        </span>
        {exclusion && !is_excluded && mayChange ? (
          <Button
            size="small"
            isBusy={stop.isPending}
            onClick={() => stop.mutate({ ...exclusion, because: text })}
          >
            Make it a rule
          </Button>
        ) : null}
      </div>
      {stop.isError ? <Failed error={stop.error} /> : null}
    </li>
  );
}

function Exclusions({ exclusions }: { exclusions: readonly Exclusion[] }) {
  const allow = useChange((id: string) => ask('delete /api/learning/exclusions/{id}', { params: { id } }));
  const mayChange = useMe().me.role !== 'viewer';
  if (exclusions.length === 0) return null;
  return (
    <div className="border-t border-line">
      <PlainTable
        caption="Routing rules made by people"
        items={exclusions}
        keyOf={({ id }) => id}
        columns={[
          { head: 'Rule', cell: ({ text }) => legible(text) },
          { head: 'Project', cell: ({ project }) => (project === null ? 'All' : legible(project)) },
          { head: 'By', cell: ({ created_by }) => nameOfActor(created_by) },
          {
            head: 'Change',
            cell: ({ id, text }) => (
              <Button
                size="small"
                aria-label={`Revoke: ${text}`}
                disabled={!mayChange}
                isBusy={allow.isPending && allow.variables === id}
                onClick={() => allow.mutate(id)}
              >
                Revoke
              </Button>
            ),
          },
        ]}
      />
      {allow.isError ? <Failed error={allow.error} /> : null}
    </div>
  );
}
