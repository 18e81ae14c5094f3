// Live output of a session of the work order. Follows the end unless the user has scrolled up.
import { useNavigate } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import type { Session, WorkOrderDetail } from '../../../../src/contract/contract.ts';
import { Button } from '../../parts/button.tsx';
import { classNames } from '../../parts/class-names.ts';
import { inputClass } from '../../parts/field.tsx';
import { legible } from '../../parts/plain-text.ts';
import { Empty, Failed, Loading } from '../../parts/states.tsx';
import { StatusBadge } from '../../parts/status-badge.tsx';
import { Ago } from '../../parts/time.tsx';
import { Words } from '../../parts/words.tsx';
import { OutputActs } from './output-acts.tsx';
import { OutputScreen } from './output-screen.tsx';
import { OutsideLink } from './outside-link.tsx';
import { PreviewButton } from './preview-button.tsx';
import { TranscriptOf } from './transcript.tsx';
import { type Stream, useOutput } from './use-output.ts';

export function OutputTab({ detail, chosen }: { detail: WorkOrderDetail; chosen: string | undefined }) {
  const [chosenView, setView] = useState<View>('transcript');
  const { sessions } = detail;
  const seen = useRef<string>(undefined);
  const session =
    sessions.find(({ id }) => id === chosen) ??
    sessions.find((each) => isRunning(each) && each.purpose !== 'service') ??
    sessions.find(isRunning) ??
    // What was watched until it ended stays.
    sessions.find(({ id }) => id === seen.current) ??
    newestOf(sessions.filter(isOfAgent)) ??
    newestOf(sessions);
  seen.current = session?.id;
  if (!session)
    return (
      <Empty title="No sessions yet">
        Live output of agents and checks appears here as soon as the first one starts.
      </Empty>
    );
  const view = chosenView === 'transcript' && !isOfAgent(session) ? 'stdout' : chosenView;
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-end gap-3">
        <SessionChoice sessions={sessions} session={session} workOrderId={detail.id} />
        <ViewChoice
          views={isOfAgent(session) ? views : views.filter(({ name }) => name !== 'transcript')}
          view={view}
          onChange={setView}
        />
      </div>
      <SessionLine session={session} />
      {view === 'transcript' ? (
        <TranscriptOf key={session.id} session={session} />
      ) : (
        <OneOutput key={`${session.id} ${view}`} session={session} stream={view} />
      )}
    </div>
  );
}

/** What an agent did is read as turns; its output, as it is, is for those who look for a fault. */
type View = 'transcript' | Stream;

const isOfAgent = ({ purpose }: Session) => purpose === 'agent';

const isRunning = ({ ended_at: endedAt }: Session) => endedAt === null;
const newestOf = (sessions: readonly Session[]) =>
  [...sessions].sort((a, b) => b.created_at.localeCompare(a.created_at))[0];

interface SessionChoiceProps {
  sessions: readonly Session[];
  session: Session;
  workOrderId: string;
}

function SessionChoice({ sessions, session, workOrderId }: SessionChoiceProps) {
  const navigate = useNavigate();
  const newestFirst = [...sessions].sort((a, b) => b.created_at.localeCompare(a.created_at));
  return (
    <label className="flex min-w-0 max-w-full flex-col gap-1">
      <span className="font-medium">Session</span>
      <select
        className={classNames(inputClass, 'min-h-11 sm:min-h-9')}
        value={session.id}
        onChange={(change) =>
          void navigate({
            to: '/work-orders/$id',
            params: { id: workOrderId },
            search: { tab: 'activity', session: change.target.value },
            replace: true,
          })
        }
      >
        {newestFirst.map((each) => (
          <option key={each.id} value={each.id}>
            {`${legible(each.name)} (${each.purpose}) · run ${each.run}${each.cycle > 0 ? `, cycle ${each.cycle}` : ''}, attempt ${each.attempt} · ${isRunning(each) ? 'running' : each.state.replaceAll('_', ' ')}`}
          </option>
        ))}
      </select>
    </label>
  );
}

const views: ReadonlyArray<{ name: View; title: string }> = [
  { name: 'transcript', title: 'Transcript' },
  { name: 'stdout', title: 'Output' },
  { name: 'stderr', title: 'Error output' },
];

interface ViewChoiceProps {
  views: ReadonlyArray<{ name: View; title: string }>;
  view: View;
  onChange(view: View): void;
}

function ViewChoice({ views, view, onChange }: ViewChoiceProps) {
  return (
    <fieldset className="flex gap-1">
      <legend className="sr-only">What is shown</legend>
      {views.map(({ name, title }) => (
        <Button
          key={name}
          className="min-h-11 sm:min-h-9"
          look={view === name ? 'primary' : 'plain'}
          aria-pressed={view === name}
          onClick={() => onChange(name)}
        >
          {title}
        </Button>
      ))}
    </fieldset>
  );
}

const mib = 1024 ** 2;
const mibOf = (bytes: number) => Math.round(bytes / mib).toLocaleString('en');

function SessionLine({ session }: { session: Session }) {
  const how =
    session.signal === null
      ? session.exit_code === null
        ? ''
        : `exit code ${session.exit_code}`
      : `killed by ${session.signal}`;
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-[13px] text-quiet [overflow-wrap:anywhere]">
      <StatusBadge status={isRunning(session) ? 'running' : session.state} />
      <span>
        on <Words text={session.host} />, isolation: {session.isolation}
      </span>
      {session.image ? (
        <span>
          image: <Words text={session.image} />
        </span>
      ) : null}
      {session.used?.memory_peak_bytes == null ? null : (
        <span>
          memory: {mibOf(session.used.memory_peak_bytes)}
          {session.limits?.memory_bytes == null ? '' : ` of ${mibOf(session.limits.memory_bytes)}`} MiB
        </span>
      )}
      <span>
        started <Ago at={session.started_at ?? session.created_at} />
      </span>
      {session.egress === 'open' ? <span>open network</span> : null}
      {session.way === 'login' ? <span>{loginText(session)}</span> : null}
      {how ? <span>{how}</span> : null}
      {session.purpose === 'service' && isRunning(session) ? (
        <span>{session.ready_at === null ? 'not ready yet' : 'ready'}</span>
      ) : null}
      {session.preview_url !== null && isRunning(session) ? (
        <OutsideLink href={session.preview_url}>
          Open <Words text={URL.parse(session.preview_url)?.host ?? 'it'} />
        </OutsideLink>
      ) : null}
      {session.can_preview && session.ready_at !== null && isRunning(session) ? (
        <PreviewButton session={session} />
      ) : null}
      {session.end_reason ? <Words text={session.end_reason} /> : null}
      {session.assets === null ? null : (
        <span className="w-full">
          <Words text={givenTo(session.assets)} />
        </span>
      )}
      {session.refused.length > 0 ? (
        <span className="w-full">
          refused: <Words text={refusedIn(session)} />.{' '}
          {session.way === 'login' ? (
            'A session with your login reaches only the hosts of its provider.'
          ) : session.purpose === 'agent' || session.refused.some(({ reason }) => reason === 'address') ? (
            "A person can allow a host on the project's page."
          ) : (
            <>
              To allow a host, write it under <code>egress</code> in <code>.moose/config.yml</code>.
            </>
          )}
        </span>
      ) : null}
    </div>
  );
}

/** What the base commit of a trusted project gave the agent. */
function givenTo({ instructions, skills, servers, left_out }: NonNullable<Session['assets']>): string {
  const named = (what: string, names: readonly string[]) =>
    names.length === 0 ? [] : [`${what}: ${names.join(', ')}`];
  const parts = [
    ...named('instructions', instructions),
    ...named('skills', skills),
    ...named('servers', servers),
    ...named(
      'not given',
      left_out.map(({ name, because }) => `${name} (${because})`),
    ),
  ];
  return parts.length === 0
    ? 'The repository has nothing for agents.'
    : `From the base commit: ${parts.join('; ')}`;
}

/** The reported cost is covered by the subscription, so Moose did not spend it. */
function loginText({ reported }: Session): string {
  const { input_tokens: input, output_tokens: output, notional_usd: usd } = reported ?? {};
  const tokens = (input ?? 0) + (output ?? 0);
  return [
    'with your login',
    ...(tokens > 0 ? [`${tokens.toLocaleString('en')} tokens`] : []),
    ...(usd == null ? [] : [`$${usd.toFixed(2)} covered by your subscription`]),
  ].join(', ');
}

function refusedIn({ refused }: Session): string {
  return refused
    .map(({ host, port, count }) => `${host}:${port} (${count === 1 ? 'once' : `${count} times`})`)
    .join(', ');
}

function OneOutput({ session, stream }: { session: Session; stream: Stream }) {
  const [attempt, setAttempt] = useState(0);
  const { text, newest, error } = useOutput(session.id, stream, attempt);
  if (newest?.is_here === false)
    return (
      <Empty title="No output yet">
        This session runs on <Words text={session.host} />. What it prints appears here when that machine has
        stored it.
      </Empty>
    );
  if (error) return <Failed error={error} onRetry={() => setAttempt((before) => before + 1)} />;
  if (!newest) return <Loading what="the output" lines={5} />;
  return (
    <OutputScreen
      text={text}
      newest={newest}
      acts={<OutputActs session={session} stream={stream} text={text} />}
    />
  );
}
