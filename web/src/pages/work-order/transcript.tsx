// What an agent said and did, turn by turn: each call of a tool is one line, with what it printed folded.
import { Check, ChevronRight, Dot, X } from 'lucide-react';
import { memo, useState } from 'react';
import type { Session } from '../../../../src/contract/contract.ts';
import type { CalledTool, TranscriptTurn, TurnEntry } from '../../../../src/domain/agents/transcript.ts';
import { classNames } from '../../parts/class-names.ts';
import { plainText, shown } from '../../parts/plain-text.ts';
import { Empty, Failed, Loading } from '../../parts/states.tsx';
import { Words } from '../../parts/words.tsx';
import { useTranscript } from './use-transcript.ts';

/** A change of at most so many lines is open from the start. */
const openLinesMax = 12;

export function TranscriptOf({ session }: { session: Session }) {
  const [attempt, setAttempt] = useState(0);
  const { turns, isCut, newest, error } = useTranscript(session.id, attempt);
  if (newest?.is_here === false)
    return (
      <Empty title="No transcript yet">
        This session runs on <Words text={session.host} />. What it does appears here when that machine has
        stored it.
      </Empty>
    );
  if (error) return <Failed error={error} onRetry={() => setAttempt((before) => before + 1)} />;
  if (!newest) return <Loading what="the transcript" lines={5} />;
  return (
    <section aria-label="Transcript" className="flex flex-col gap-4">
      {isCut ? (
        <p className="text-quiet">… Earlier turns are not shown. Download the full output to read them.</p>
      ) : null}
      {turns.map((turn) => (
        <Turn key={turn.number} turn={turn} seen={seenOf(turn)} />
      ))}
      <p role="status" className="text-[13px] text-quiet">
        {newest.is_over
          ? turns.length === 0
            ? 'The session has ended, and printed nothing.'
            : 'The session has ended.'
          : 'Running. What it does appears automatically.'}
      </p>
    </section>
  );
}

/** Changes whenever something of the turn does: its object stays the same. */
function seenOf({ entries, output }: TranscriptTurn): string {
  const last = entries.at(-1);
  const chars = last !== undefined && 'text' in last ? last.text.length : 0;
  const answered = entries.filter((entry) => entry.kind === 'call' && entry.answer !== null).length;
  return `${entries.length} ${answered} ${chars} ${output}`;
}

/** Turns outside the screen are neither laid out nor painted. */
const Turn = memo(function Turn({ turn }: { turn: TranscriptTurn; seen: string }) {
  return (
    <section
      aria-label={`Turn ${turn.number}`}
      className="flex flex-col gap-1.5 [contain-intrinsic-size:auto_8rem] [content-visibility:auto]"
    >
      <h3 className="flex flex-wrap items-baseline gap-x-2 text-[13px] text-quiet">
        <span className="font-semibold text-text">Turn {turn.number}</span>
        <span className="tabular-nums">{tokensOf(turn)}</span>
      </h3>
      {turn.entries.map((entry, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: entries are only added at the end
        <Entry key={index} entry={entry} />
      ))}
    </section>
  );
});

function tokensOf({ input, output }: TranscriptTurn): string {
  return [
    ...(input === null ? [] : [`${input.toLocaleString('en')} tokens in`]),
    ...(output === null ? [] : [`${output.toLocaleString('en')} out`]),
  ].join(', ');
}

function Entry({ entry }: { entry: TurnEntry }) {
  switch (entry.kind) {
    case 'said':
      return (
        <p className="max-w-prose whitespace-pre-wrap [overflow-wrap:anywhere]">{shown(entry.text.trim())}</p>
      );
    case 'thought':
      return (
        <Fold title={<span className="text-quiet italic">thought</span>}>
          <p className="max-w-prose whitespace-pre-wrap p-2 text-quiet [overflow-wrap:anywhere]">
            {shown(entry.text.trim())}
          </p>
        </Fold>
      );
    case 'told':
      return (
        <p className={classNames('[overflow-wrap:anywhere]', entry.failed ? 'text-bad' : 'text-quiet')}>
          {shown(entry.text)}
        </p>
      );
    case 'printed':
      return <Text text={entry.text} />;
    case 'call':
      return <Call call={entry} />;
  }
}

function Call({ call }: { call: CalledTool }) {
  const { title, change, answer, tool } = call;
  const changed = change?.split('\n') ?? [];
  const isOpen =
    (change !== null && changed.length <= openLinesMax) || (tool === 'run' && answer?.failed === true);
  const hasMore = change !== null || (answer !== null && answer.text.trim() !== '');
  const head = (
    <>
      <Mark answer={answer} />
      <code className="min-w-0 [overflow-wrap:anywhere]">{shown(title)}</code>
      {answer !== null && answer.exit !== null && answer.exit !== 0 ? (
        <span className="text-bad">exit code {answer.exit}</span>
      ) : null}
    </>
  );
  if (!hasMore) return <p className="flex items-center gap-2 pl-6 text-[13px]">{head}</p>;
  return (
    <Fold title={head} isOpenAtFirst={isOpen}>
      {change === null ? null : <Change lines={changed} />}
      {answer === null || answer.text.trim() === '' || change !== null ? null : <Text text={answer.text} />}
      {answer?.failed && change !== null ? <Text text={answer.text} /> : null}
    </Fold>
  );
}

function Mark({ answer }: Pick<CalledTool, 'answer'>) {
  if (answer === null)
    return (
      <Dot role="img" aria-label="no answer yet, or none told" size={14} className="shrink-0 text-quiet" />
    );
  if (answer.failed) return <X role="img" aria-label="failed" size={14} className="shrink-0 text-bad" />;
  return <Check role="img" aria-label="done" size={14} className="shrink-0 text-good" />;
}

interface FoldProps {
  title: React.ReactNode;
  isOpenAtFirst?: boolean;
  children: React.ReactNode;
}

/** What is folded is not in the page until it is opened. */
function Fold({ title, isOpenAtFirst = false, children }: FoldProps) {
  const [isOpen, setIsOpen] = useState(isOpenAtFirst);
  return (
    <div className="flex flex-col gap-1">
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={() => setIsOpen(!isOpen)}
        className="flex min-h-11 w-full cursor-pointer items-center gap-2 rounded text-left text-[13px] hover:bg-raised sm:min-h-7"
      >
        <ChevronRight aria-hidden size={16} className={classNames('shrink-0', isOpen && 'rotate-90')} />
        {title}
      </button>
      {isOpen ? (
        <div className="ml-6 overflow-hidden rounded border border-line bg-surface">{children}</div>
      ) : null}
    </div>
  );
}

function Change({ lines }: { lines: readonly string[] }) {
  return (
    <pre dir="ltr" className="max-h-96 overflow-auto text-xs leading-relaxed">
      {lines.map((line, index) => (
        <div
          // biome-ignore lint/suspicious/noArrayIndexKey: lines never move
          key={index}
          className={classNames(
            'px-2 whitespace-pre-wrap [overflow-wrap:anywhere]',
            line.startsWith('+') && 'bg-good-soft',
            line.startsWith('-') && 'bg-bad-soft',
          )}
        >
          {shown(line) || ' '}
        </div>
      ))}
    </pre>
  );
}

function Text({ text }: { text: string }) {
  return (
    <pre
      dir="ltr"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: scrollable areas must be focusable
      tabIndex={0}
      className="max-h-96 overflow-auto p-2 text-xs leading-relaxed whitespace-pre-wrap [overflow-wrap:anywhere]"
    >
      {plainText(text.trimEnd())}
    </pre>
  );
}
