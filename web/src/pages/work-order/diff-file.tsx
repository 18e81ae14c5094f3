import { ChevronRight } from 'lucide-react';
import { memo, useState } from 'react';
import { Badge } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { classNames } from '../../parts/class-names.ts';
import { shown } from '../../parts/plain-text.ts';
import type { PatchFile, PatchLine } from './parse-patch.ts';

const linesAtFirst = 500;
const linesMore = 2_000;
const lineCharsMax = 2_000;

/** Opens a comment on a line of the changed file, or on the whole file. */
export type Comment = (file: string, line: number | null) => void;

export const DiffFile = memo(function DiffFile({
  file,
  comment,
  isAutomatic,
  isOpenAtFirst,
}: {
  file: PatchFile;
  comment: Comment | undefined;
  /** CI, git or Moose acts by it without being told. */
  isAutomatic: boolean;
  isOpenAtFirst: boolean;
}) {
  const [isOpen, setIsOpen] = useState(isOpenAtFirst);
  const [most, setMost] = useState(linesAtFirst);
  const left = file.lines.length - most;
  return (
    <section aria-label={file.path} className="overflow-hidden rounded-lg border border-line bg-surface">
      <h2>
        <button
          type="button"
          aria-expanded={isOpen}
          onClick={() => setIsOpen(!isOpen)}
          className="flex min-h-11 w-full cursor-pointer flex-wrap items-center gap-x-2.5 gap-y-1 px-3 py-2 text-left hover:bg-raised"
        >
          <ChevronRight aria-hidden size={16} className={classNames('shrink-0', isOpen && 'rotate-90')} />
          <span className="min-w-0 flex-1 font-mono text-[13px]">
            {file.from ? (
              <>
                <bdi>{shown(file.from)}</bdi> →{' '}
              </>
            ) : null}
            <bdi>{shown(file.path)}</bdi>
          </span>
          {file.kind === 'changed' ? null : <Badge>{file.kind}</Badge>}
          {isAutomatic ? <Badge tone="warn">runs automatically</Badge> : null}
          <span className="text-[13px] font-medium tabular-nums">
            <span className="text-good">+{file.added}</span> <span className="text-bad">−{file.removed}</span>
          </span>
        </button>
      </h2>
      {isOpen ? (
        <div className="border-t border-line">
          {file.isBinary ? <p className="p-3 text-quiet">Binary file not shown.</p> : null}
          {comment && file.kind !== 'removed' ? (
            <p className="border-b border-line p-2">
              <Button size="small" className="min-h-11 sm:min-h-8" onClick={() => comment(file.path, null)}>
                Comment
              </Button>
            </p>
          ) : null}
          <Lines lines={file.lines.slice(0, most)} path={file.path} comment={comment} />
          {left > 0 ? (
            <p className="border-t border-line p-2">
              <Button size="small" className="min-h-11 sm:min-h-8" onClick={() => setMost(most + linesMore)}>
                Show {Math.min(left, linesMore)} of {left} more lines
              </Button>
            </p>
          ) : null}
        </div>
      ) : null}
    </section>
  );
});

const tones: Readonly<Record<PatchLine['kind'], string>> = {
  added: 'bg-good-soft',
  removed: 'bg-bad-soft',
  same: '',
  hunk: 'bg-info-soft text-info',
  note: 'text-quiet',
};
const marks: Readonly<Record<PatchLine['kind'], string>> = {
  added: '+',
  removed: '−',
  same: ' ',
  hunk: ' ',
  note: ' ',
};

function Lines({
  lines,
  path,
  comment,
}: {
  lines: readonly PatchLine[];
  path: string;
  comment: Comment | undefined;
}) {
  return (
    <section
      // biome-ignore lint/a11y/noNoninteractiveTabindex: scrollable areas must be focusable
      tabIndex={0}
      aria-label={`Changes to ${path}`}
      dir="ltr"
      className="overflow-x-auto font-mono text-xs leading-5"
    >
      <div className="w-max min-w-full">
        {lines.map((line, index) => (
          <div
            // biome-ignore lint/suspicious/noArrayIndexKey: a line has no other identity than its position
            key={index}
            className={classNames('flex whitespace-pre', tones[line.kind])}
          >
            <span
              aria-hidden
              className="w-9 shrink-0 pr-1.5 text-right text-quiet tabular-nums select-none sm:w-11"
            >
              {line.before ?? ''}
            </span>
            <LineNumber line={line.after} path={path} comment={comment} />
            <span className="w-4 shrink-0 select-none text-quiet">{marks[line.kind]}</span>
            <span className="[unicode-bidi:isolate]">{cut(shown(line.text))}</span>
          </div>
        ))}
      </div>
    </section>
  );
}

const numberClass = 'w-9 shrink-0 pr-1.5 text-right text-quiet tabular-nums select-none sm:w-11';

/** A mouse shortcut for the file's comment button. */
function LineNumber({
  line,
  path,
  comment,
}: {
  line: number | null;
  path: string;
  comment: Comment | undefined;
}) {
  if (line === null || !comment)
    return (
      <span aria-hidden className={numberClass}>
        {line ?? ''}
      </span>
    );
  return (
    <button
      type="button"
      tabIndex={-1}
      aria-label={`Comment on line ${line}`}
      title="Comment on this line"
      onClick={() => comment(path, line)}
      className={`${numberClass} cursor-pointer hover:bg-raised hover:text-text`}
    >
      {line}
    </button>
  );
}

const cut = (text: string) =>
  text.length > lineCharsMax ? `${text.slice(0, lineCharsMax)} … (${text.length} characters)` : text;
