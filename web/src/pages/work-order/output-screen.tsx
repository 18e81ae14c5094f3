import { ArrowDownToLine } from 'lucide-react';
import { memo, type ReactNode, type RefObject, useEffect, useRef, useState } from 'react';
import type { Output } from '../../../../src/contract/contract.ts';
import { Button } from '../../parts/button.tsx';
import { plainText } from '../../parts/plain-text.ts';
import type { OutputBlock, OutputText } from './output-text.ts';

/** Closer to the end than this counts as at the end. */
const nearEndPx = 40;

export interface OutputScreenProps {
  text: OutputText;
  newest: Output;
  acts: ReactNode;
}

export function OutputScreen({ text, newest, acts }: OutputScreenProps) {
  const screen = useRef<HTMLElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const { sticks, onScroll, toEnd } = useStickingToEnd(screen, content);
  return (
    <div className="flex flex-col gap-2">
      <div className="relative">
        <section
          ref={screen}
          onScroll={onScroll}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: scrollable areas must be focusable
          tabIndex={0}
          aria-label="Session output"
          className="max-h-[min(70dvh,44rem)] min-h-40 overflow-auto rounded-lg border border-line bg-surface p-3 font-mono text-xs leading-relaxed"
        >
          {text.isCut ? (
            <p className="mb-2 text-quiet">
              … Earlier output is not shown. Download the full output to read it.
            </p>
          ) : null}
          <div
            ref={content}
            dir="ltr"
            className="whitespace-pre-wrap [overflow-wrap:anywhere] [unicode-bidi:isolate]"
          >
            {text.blocks.map((block) => (
              <Block key={block.number} block={block} />
            ))}
            <div>{plainText(text.rest)}</div>
          </div>
          {newest.size === 0 ? <p className="text-quiet">No output yet.</p> : null}
        </section>
        {sticks ? null : (
          <Button
            look="primary"
            className="absolute right-4 bottom-4 min-h-11 shadow-lg sm:min-h-9"
            onClick={toEnd}
          >
            <ArrowDownToLine aria-hidden size={15} /> Scroll to end
          </Button>
        )}
      </div>
      <div className="flex flex-wrap items-center justify-between gap-2 text-[13px] text-quiet">
        <p role="status">
          {newest.is_over ? 'The session has ended.' : 'Running. New output appears automatically.'}
        </p>
        {acts}
      </div>
    </div>
  );
}

/** Follows the end of the output until the user scrolls up, and again after they scroll back down. */
function useStickingToEnd(screen: RefObject<HTMLElement | null>, content: RefObject<HTMLElement | null>) {
  const [sticks, setSticks] = useState(true);
  const lastTop = useRef(0);
  useEffect(() => {
    const [outer, inner] = [screen.current, content.current];
    if (!sticks || !outer || !inner) return;
    const goToEnd = () => {
      outer.scrollTop = outer.scrollHeight;
      lastTop.current = outer.scrollTop;
    };
    goToEnd();
    const observer = new ResizeObserver(goToEnd);
    observer.observe(inner);
    observer.observe(outer);
    return () => observer.disconnect();
  }, [sticks, screen, content]);
  const onScroll = () => {
    const at = screen.current;
    if (!at) return;
    const isNearEnd = at.scrollHeight - at.scrollTop - at.clientHeight < nearEndPx;
    // Growing output is briefly not at its end, so only upward scrolling counts as the user's.
    if (isNearEnd) setSticks(true);
    else if (at.scrollTop < lastTop.current) setSticks(false);
    lastTop.current = at.scrollTop;
  };
  return { sticks, onScroll, toEnd: () => setSticks(true) };
}

/** Unchanged blocks are neither rendered nor measured again. */
const Block = memo(function Block({ block }: { block: OutputBlock }) {
  return <div className="contain-content">{block.text}</div>;
});
