// The graph of a plan, in layers from left to right: a work order's dependencies are to its left.
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { PlannedWorkOrder } from '../../../../src/contract/contract.ts';
import { tones } from '../../parts/badge.tsx';
import { classNames } from '../../parts/class-names.ts';
import { legible } from '../../parts/plain-text.ts';
import { lookOf } from './order-look.ts';
import { edgesOf, placesOf } from './plan-places.ts';

const box = { width: 190, height: 62, gapX: 56, gapY: 18, rowsMax: 12 };

interface GraphOrder {
  key: string;
  title: string;
  depends_on: readonly string[];
}

export interface PlanGraphProps {
  orders: readonly GraphOrder[];
  layers: ReadonlyArray<readonly string[]>;
  /** The running work orders, by key. */
  states?: ReadonlyMap<string, PlannedWorkOrder>;
}

export function PlanGraph({ orders, layers, states }: PlanGraphProps) {
  const size = states ? { ...box, height: 84 } : box;
  const places = placesOf(layers, size);
  const byKey = new Map(orders.map((order) => [order.key, order]));
  const isDone = (key: string) => states?.get(key)?.status === 'completed';
  return (
    <section
      aria-label="Graph of the work orders"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: scrollable areas must be focusable
      tabIndex={0}
      className="max-h-[60dvh] overflow-auto rounded-md border border-line bg-ground p-3"
    >
      <svg
        role={states ? 'group' : 'img'}
        aria-label={`${orders.length} work orders in ${layers.length} ${layers.length === 1 ? 'layer' : 'layers'}`}
        width={places.width}
        height={places.height}
        className="text-text"
      >
        {edgesOf(orders, places.of, size).map(({ id, from, path }) => (
          <path
            key={id}
            d={path}
            fill="none"
            className={isDone(from) ? 'stroke-good' : 'stroke-quiet'}
            strokeWidth={1.5}
            // Unfinished dependencies also differ in form, not only in colour.
            strokeDasharray={states && !isDone(from) ? '5 4' : undefined}
          />
        ))}
        {layers.flat().map((key) => {
          const at = places.of.get(key);
          const order = byKey.get(key);
          if (!at || !order) return null;
          const state = states?.get(key);
          return (
            <foreignObject key={key} x={at.x} y={at.y} width={size.width} height={size.height}>
              {state ? <RunningNode order={state} /> : <PlainNode order={order} />}
            </foreignObject>
          );
        })}
      </svg>
    </section>
  );
}

function PlainNode({ order: { key, title } }: { order: GraphOrder }) {
  return (
    <div
      title={legible(title)}
      className="flex h-full flex-col justify-center rounded-md border border-line bg-surface px-2.5"
    >
      <Names name={key} title={title} />
    </div>
  );
}

function RunningNode({ order }: { order: PlannedWorkOrder }) {
  const { id, key, title, waits_for, explain } = order;
  const { word, tone, Icon } = lookOf(order);
  return (
    <Link
      to="/work-orders/$id"
      params={{ id }}
      title={`${legible(title)}: ${legible(explain)}`}
      className="flex h-full flex-col justify-center rounded-md border border-line bg-surface px-2.5 hover:border-accent focus-visible:-outline-offset-2"
    >
      <Names name={key} title={title} />
      <span
        className={classNames(
          'mt-1 flex min-w-0 items-center gap-1 rounded border px-1.5 text-xs font-medium',
          tones[tone],
        )}
      >
        <Icon aria-hidden size={13} className="shrink-0" />
        <span className="truncate">
          {word}
          {waits_for.length > 0 ? ` for ${waits_for.join(', ')}` : ''}
        </span>
      </span>
    </Link>
  );
}

function Names({ name, title }: { name: string; title: string }): ReactNode {
  return (
    <>
      <span className="truncate text-[13px] font-semibold">{name}</span>
      <span className="truncate text-xs text-quiet">{legible(title)}</span>
    </>
  );
}
