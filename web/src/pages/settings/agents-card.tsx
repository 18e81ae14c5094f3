import type { z } from 'zod';
import type { agentSchema } from '../../../../src/contract/contract.ts';
import { Badge } from '../../parts/badge.tsx';
import { Card } from '../../parts/card.tsx';
import { type Column, PlainTable } from '../../parts/plain-table.tsx';
import { Failed, Loading } from '../../parts/states.tsx';
import { StatusBadge } from '../../parts/status-badge.tsx';
import { Ago } from '../../parts/time.tsx';
import { Words } from '../../parts/words.tsx';
import { useAgents } from './use-settings.ts';

type Agent = z.infer<typeof agentSchema>;

const columns: ReadonlyArray<Column<Agent>> = [
  {
    head: 'Agent',
    cell: ({ name, is_default }) => (
      <span className="flex flex-wrap gap-1.5">
        <Words text={name} />
        {is_default ? <Badge tone="info">default</Badge> : null}
      </span>
    ),
  },
  { head: 'Installed', cell: (agent) => <InstalledCell agent={agent} /> },
  {
    head: 'Calls models',
    cell: ({ calls_models, login }) =>
      login?.is_used ? 'with your login' : calls_models ? 'directly' : 'through Moose',
  },
  {
    head: 'Your login',
    cell: ({ login }) =>
      login === null ? <span className="text-quiet">–</span> : <LoginCell login={login} />,
  },
  {
    head: 'Successful, last 24 h',
    cell: ({ runs_24h: runs, good_24h: good }) =>
      runs === 0 ? <span className="text-quiet">no runs</span> : `${good} of ${runs}`,
  },
  {
    head: 'Last success',
    cell: ({ last_success: at }) => (at ? <Ago at={at} /> : <span className="text-quiet">never</span>),
  },
  { head: 'Circuit breaker', cell: ({ circuit }) => <StatusBadge status={circuit} /> },
];

function InstalledCell({ agent }: { agent: Agent }) {
  const { is_installed, version, tested_version: tested } = agent;
  if (!is_installed) return <span className="text-quiet">no</span>;
  // Only `patch` comes with Moose; its version would be that of Node.
  if (tested === null) return 'built in';
  return version === null || version === tested ? (version ?? 'yes') : `${version} (tested with ${tested})`;
}

function LoginCell({ login }: { login: NonNullable<Agent['login']> }) {
  if (!login.is_there) return <span className="text-quiet">none on {login.host}</span>;
  const used = `${login.runs} sessions, ${Math.round(login.time_ms / 60_000)} min, ${login.tokens.toLocaleString('en')} tokens`;
  return (
    <span>
      {used}
      {login.waits_until === null ? null : (
        <>
          {' '}
          <Badge tone="warn">
            waits until {login.waits_until.slice(0, 16).replace('T', ' ')} UTC (
            {login.waits_for === 'provider'
              ? 'usage limit of the subscription'
              : `your limit of ${login.waits_for}`}
            )
          </Badge>
        </>
      )}
    </span>
  );
}

/** The available agents and their recent results. */
export function AgentsCard() {
  const agents = useAgents();
  return (
    <Card title="Available agents" isFlush>
      {agents.isPending ? <Loading what="the agents" /> : null}
      {agents.isError ? <Failed error={agents.error} onRetry={() => void agents.refetch()} /> : null}
      {agents.data ? (
        <PlainTable caption="Agents" items={agents.data.items} keyOf={({ name }) => name} columns={columns} />
      ) : null}
    </Card>
  );
}
