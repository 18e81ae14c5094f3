// Computes the positions of the boxes in a plan's graph, and the lines between them. Pure.

export interface Box {
  width: number;
  height: number;
  gapX: number;
  gapY: number;
  /** A layer with more boxes takes several columns. */
  rowsMax?: number;
}

interface Place {
  x: number;
  y: number;
}

export interface Places {
  of: Map<string, Place>;
  width: number;
  height: number;
}

/** A layer is one column, or several if it is tall; shorter columns are centred vertically. */
export function placesOf(
  layers: ReadonlyArray<readonly string[]>,
  { width, height, gapX, gapY, rowsMax = Number.POSITIVE_INFINITY }: Box,
): Places {
  const columns = layers.flatMap((keys) => columnsOf(keys, rowsMax));
  const tallest = Math.max(1, ...columns.map(({ length }) => length));
  const heightOf = (count: number) => count * height + (count - 1) * gapY;
  const of = new Map<string, Place>();
  for (const [column, keys] of columns.entries()) {
    const top = (heightOf(tallest) - heightOf(keys.length)) / 2;
    for (const [row, key] of keys.entries())
      of.set(key, { x: column * (width + gapX), y: top + row * (height + gapY) });
  }
  const count = Math.max(1, columns.length);
  return { of, width: count * width + (count - 1) * gapX, height: heightOf(tallest) };
}

/** Splits into columns of about the same length. */
function columnsOf(keys: readonly string[], rowsMax: number): Array<readonly string[]> {
  const count = Math.max(1, Math.ceil(keys.length / rowsMax));
  const rows = Math.ceil(keys.length / count);
  return Array.from({ length: count }, (_, at) => keys.slice(at * rows, (at + 1) * rows));
}

export interface Edge {
  id: string;
  /** The key of the dependency. */
  from: string;
  /** The line as the `d` attribute of an SVG path. */
  path: string;
}

/** Draws from the right side of a dependency to the left side of the work order that depends on it. */
export function edgesOf(
  orders: ReadonlyArray<{ key: string; depends_on: readonly string[] }>,
  of: ReadonlyMap<string, Place>,
  { width, height, gapX }: Box,
): Edge[] {
  return orders.flatMap(({ key, depends_on }) =>
    [...new Set(depends_on)].flatMap((other) => {
      const [from, to] = [of.get(other), of.get(key)];
      if (!from || !to || other === key) return [];
      const [startX, startY, endX, endY] = [from.x + width, from.y + height / 2, to.x, to.y + height / 2];
      const bend = gapX / 2;
      const path = `M${startX} ${startY} C${startX + bend} ${startY} ${endX - bend} ${endY} ${endX} ${endY}`;
      return [{ id: `${other} ${key}`, from: other, path }];
    }),
  );
}
