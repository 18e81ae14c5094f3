import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { ErrorCard } from '../../../../src/contract/contract.ts';
import { Badge } from '../../parts/badge.tsx';
import { MarkedWords } from '../../parts/marked-words.tsx';
import { asJson, plainText, shown } from '../../parts/plain-text.ts';
import { StatusBadge } from '../../parts/status-badge.tsx';
import { Ago, duration } from '../../parts/time.tsx';
import { Words } from '../../parts/words.tsx';
import { Output } from './output.tsx';
import { ReproductionPart } from './reproduction.tsx';
import { outcomeOf, percent, spaced } from './words.ts';

const linkClass = 'text-accent underline underline-offset-2';

/** What happened, how Moose classified it, what it did, and how to reproduce it. */
export function OneError({ error }: { error: ErrorCard }) {
  return (
    <div className="flex flex-col gap-4 [overflow-wrap:anywhere]">
      <div className="flex flex-col gap-1.5">
        <p className="flex flex-wrap items-center gap-2">
          <StatusBadge status={error.severity} />
          <Badge>{spaced(error.failure_class)}</Badge>
          <Badge>{error.category}</Badge>
          <span className="text-[13px] text-quiet">
            <Ago at={error.timestamp} />
          </span>
        </p>
        <p className="text-base">
          <Words text={error.message} />
        </p>
        {error.advice ? (
          <p className="text-quiet">
            <MarkedWords text={error.advice} />
          </p>
        ) : null}
      </div>
      <Facts error={error} />
      {error.process ? <ProcessPart process={error.process} isWhole={error.has_whole_evidence} /> : null}
      {error.stack ? <Folded title="Stack trace">{shown(error.stack)}</Folded> : null}
      {Object.keys(error.metadata).length > 0 ? (
        <Folded title="More context">{shown(asJson(error.metadata))}</Folded>
      ) : null}
      <ReproductionPart key={error.id} id={error.id} />
    </div>
  );
}

function Facts({ error }: { error: ErrorCard }) {
  const { work_order_id: id, session_id: session } = error;
  return (
    <dl className="grid gap-x-6 gap-y-2 rounded-md bg-raised p-3 text-[13px] sm:grid-cols-2">
      <Fact name="Matched rule">
        {error.rule ? <code>{shown(error.rule)}</code> : 'none'}
        {error.confidence === null ? '' : `, ${percent(error.confidence)} confidence`}
      </Fact>
      <Fact name="Component">
        <code>{shown(`${error.component} / ${error.operation}`)}</code>
        {error.step ? `, step ${spaced(error.step)}` : ''}
        {error.attempt === null ? '' : `, attempt ${error.attempt}`}
      </Fact>
      <Fact name="Recovery">
        {outcomeOf(error.recovery_strategy, error.recovery_success)}
        {error.resolution_time_ms === null ? '' : `, after ${duration(error.resolution_time_ms)}`}
      </Fact>
      <Fact name="Recoverable">
        {spaced(error.recoverability)}
        {error.retryable ? ', a retry may help' : ', a retry does not help'}
        {error.fallback_available ? ', a fallback is available' : ''}
      </Fact>
      <Fact name="Work order">
        {id === null ? (
          'none'
        ) : (
          <Link
            to="/work-orders/$id"
            params={{ id }}
            search={{ tab: 'debug', part: 'errors' }}
            className={linkClass}
          >
            {id}
          </Link>
        )}
      </Fact>
      <Fact name="Session">
        {id === null || session === null ? (
          (session ?? 'none')
        ) : (
          <Link
            to="/work-orders/$id"
            params={{ id }}
            search={{ tab: 'activity', session }}
            className={linkClass}
          >
            View output
          </Link>
        )}
      </Fact>
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-quiet">{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

const tails = {
  stdoutTail: 'End of output',
  stderrTail: 'End of error output',
} as const;

function ProcessPart({ process, isWhole }: { process: Record<string, unknown>; isWhole: boolean | null }) {
  const { command, exitCode, signal, durationMs, stdoutTail, stderrTail, ...rest } = process;
  const texts = { stdoutTail, stderrTail };
  const ended = [
    typeof exitCode === 'number' ? `exit code ${exitCode}` : '',
    typeof signal === 'string' ? `signal ${signal}` : '',
    typeof durationMs === 'number' ? `after ${duration(durationMs)}` : '',
  ].filter(Boolean);
  return (
    <section aria-label="Process" className="flex flex-col gap-2">
      <p className="flex flex-wrap items-center gap-2">
        <span className="font-semibold">Process</span>
        {typeof command === 'string' ? <code>{shown(command)}</code> : null}
        <span className="text-[13px] text-quiet">{ended.join(', ')}</span>
        {isWhole === null ? null : isWhole ? (
          <Badge tone="good">complete evidence</Badge>
        ) : (
          <Badge tone="warn">incomplete evidence</Badge>
        )}
      </p>
      {Object.entries(tails).map(([key, title]) => {
        const text = texts[key as keyof typeof tails];
        return typeof text === 'string' && text.trim() !== '' ? (
          <Output key={key} title={title} text={plainText(text)} />
        ) : null;
      })}
      {Object.keys(rest).length > 0 ? (
        <Folded title="More about the process">{shown(asJson(rest))}</Folded>
      ) : null}
    </section>
  );
}

function Folded({ title, children }: { title: string; children: string }) {
  return (
    <details>
      <summary className="inline-flex min-h-6 items-center text-[13px] underline underline-offset-2">
        {title}
      </summary>
      <div className="mt-1.5">
        <Output title={title} text={children} />
      </div>
    </details>
  );
}
