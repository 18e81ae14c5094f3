// On phones, one lane at a time: chosen by name, or by swiping.
import { type TouchEvent, useRef, useState } from 'react';
import type { Lane } from '../../../../src/contract/contract.ts';
import { Tabs } from '../../parts/tabs.tsx';
import { type BoardProps, LaneCount, LaneItems } from './board.tsx';
import { laneTitles } from './lanes.ts';

const swipePxMin = 60;
/** A steeper movement is scrolling. */
const swipeSlopeMax = 0.6;

export function LaneSwitch({ lanes, change }: BoardProps) {
  const [chosen, choose] = useState<Lane | null>(null);
  const first = lanes.find(({ items }) => items.length > 0) ?? lanes[0];
  const shown = lanes.find(({ lane }) => lane === chosen) ?? first;
  const swipe = useSwipe((by) => {
    const next = shown && lanes[lanes.indexOf(shown) + by];
    if (next) choose(next.lane);
  });
  if (!shown) return null;
  return (
    <div {...swipe} className="min-w-0">
      <Tabs<Lane>
        label="Lanes"
        value={shown.lane}
        onChange={choose}
        tabs={lanes.map((lane) => ({
          name: lane.lane,
          title: (
            <span className="inline-flex items-center gap-1.5">
              {laneTitles[lane.lane]} <LaneCount {...lane} />
            </span>
          ),
          content: (
            <section
              aria-label={laneTitles[lane.lane]}
              data-lane={lane.lane}
              className="flex flex-col gap-2.5"
            >
              <h2 className="sr-only">{laneTitles[lane.lane]}</h2>
              <LaneItems lane={lane} change={change} />
            </section>
          ),
        }))}
      />
    </div>
  );
}

function useSwipe(onSwipe: (by: 1 | -1) => void) {
  const from = useRef<{ x: number; y: number } | null>(null);
  return {
    onTouchStart: ({ touches }: TouchEvent) => {
      const touch = touches.item(0);
      const isOne = touches.length === 1 && touch;
      from.current = isOne ? { x: touch.clientX, y: touch.clientY } : null;
    },
    onTouchEnd: ({ changedTouches, target }: TouchEvent) => {
      const touch = changedTouches.item(0);
      const begun = from.current;
      from.current = null;
      // The row of names scrolls on its own.
      if (!touch || !begun || (target as Element).closest('[role="tablist"]')) return;
      const right = touch.clientX - begun.x;
      const isLevel = Math.abs(touch.clientY - begun.y) < Math.abs(right) * swipeSlopeMax;
      if (isLevel && Math.abs(right) >= swipePxMin) onSwipe(right < 0 ? 1 : -1);
    },
  };
}
