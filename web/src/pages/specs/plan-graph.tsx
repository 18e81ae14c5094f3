// The graph of a plan, with layers from left to right: the dependencies of a work order are to its left.
import type { SpecPlan } from '../../../../src/contract/contract.ts';
import { legible } from '../../parts/plain-text.ts';
import { edgesOf, placesOf } from './plan-places.ts';

const box = { width: 190, height: 62, gapX: 56, gapY: 18 };

export function PlanGraph({ plan, layers }: Pick<SpecPlan, 'plan' | 'layers'>) {
  const places = placesOf(layers, box);
  const titles = new Map(plan.work_orders.map((order) => [order.key, order]));
  return (
    <section
      aria-label="Graph of the work orders"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: scrollable areas must be focusable
      tabIndex={0}
      className="max-h-[60dvh] overflow-auto rounded-md border border-line bg-ground p-3"
    >
      <svg
        role="img"
        aria-label={`${plan.work_orders.length} work orders in ${layers.length} layers`}
        width={places.width}
        height={places.height}
        className="text-text"
      >
        {edgesOf(plan.work_orders, places.of, box).map(({ id, path }) => (
          <path key={id} d={path} fill="none" className="stroke-quiet" strokeWidth={1.5} />
        ))}
        {layers.flat().map((key) => {
          const at = places.of.get(key);
          const order = titles.get(key);
          if (!at || !order) return null;
          return (
            <foreignObject key={key} x={at.x} y={at.y} width={box.width} height={box.height}>
              <div
                title={legible(order.title)}
                className="flex h-full flex-col justify-center rounded-md border border-line bg-surface px-2.5"
              >
                <span className="truncate text-[13px] font-semibold">{key}</span>
                <span className="truncate text-xs text-quiet">{legible(order.title)}</span>
              </div>
            </foreignObject>
          );
        })}
      </svg>
    </section>
  );
}
