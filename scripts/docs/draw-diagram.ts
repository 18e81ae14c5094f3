// Draws a Mermaid diagram of plain arrows as SVG for the site: ranks from top to bottom.

const arrow = /^\s*(\S+) --> (\S+)\s*$/;
const [nodeWidth, nodeHeight, lane, gapX, rankHeight, margin, portGap] = [148, 34, 24, 26, 92, 16, 18];
const sweeps = 8;

interface Place {
  rank: number;
  /** Null for a point of an arrow that passes through this rank. */
  name: string | null;
  x: number;
}

interface Way {
  /** The places from the upper to the lower end, including the points between. */
  places: Place[];
  /** True if the arrow points upwards. */
  isUp: boolean;
}

/** @throws if the text is neither a state diagram nor a flowchart of plain arrows */
export function drawDiagram(text: string): string {
  const { kind, edges } = readDiagram(text);
  const ranks = ranksOf(edges);
  const { places, ways } = routes(edges, ranks);
  const rows = orderRows(places, ways);
  for (const row of rows) spread(row);
  const left = Math.min(...places.map((place) => place.x - widthOf(place) / 2));
  for (const place of places) place.x += margin - left;
  const width = Math.max(...places.map((place) => place.x + widthOf(place) / 2)) + margin;
  const height = (rows.length - 1) * rankHeight + nodeHeight + 2 * margin;
  return [
    `<svg class="states" viewBox="0 0 ${width} ${height}" role="img" aria-label="${labelOf(kind, edges)}"`,
    ` style="max-width: ${width}px; width: 100%" font-size="13" font-family="var(--vp-font-family-mono)">`,
    '<defs><marker id="states-end" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto-start-reverse">',
    '<path d="M0 0 8 4 0 8z" fill="var(--vp-c-text-2)"/></marker></defs>',
    ...drawWays(ways),
    ...places.map(drawPlace),
    '</svg>',
  ].join('');
}

/** What an arrow of each kind of diagram says. */
const arrowWords = new Map([
  ['stateDiagram-v2', 'may become'],
  ['flowchart TD', 'uses'],
]);

function readDiagram(text: string): { kind: string; edges: [string, string][] } {
  const [kind = '', ...lines] = text.trim().split('\n');
  const edges = lines.map((line) => arrow.exec(line));
  if (!arrowWords.has(kind) || edges.some((edge) => edge === null))
    throw new TypeError(`The site draws only state diagrams and flowcharts of plain arrows, not: ${kind}`);
  // Mermaid uses the same mark for the start and the end.
  const ends = edges.map((edge): [string, string] => [
    edge?.[1]?.replace('[*]', 'start') ?? '',
    edge?.[2]?.replace('[*]', 'end') ?? '',
  ]);
  return { kind, edges: ends };
}

/** The longest path from the start to each state, without arrows that lead back. */
function ranksOf(edges: readonly [string, string][]): Map<string, number> {
  const ranks = new Map<string, number>();
  const visit = (name: string, rank: number, path: ReadonlySet<string>) => {
    if ((ranks.get(name) ?? -1) >= rank) return;
    ranks.set(name, rank);
    for (const [from, to] of edges)
      if (from === name && !path.has(to)) visit(to, rank + 1, new Set([...path, to]));
  };
  for (const [from] of edges) if (!edges.some(([, to]) => to === from)) visit(from, 0, new Set([from]));
  return ranks;
}

function routes(edges: readonly [string, string][], ranks: ReadonlyMap<string, number>) {
  const nodes = new Map(Array.from(ranks, ([name, rank]) => [name, { rank, name, x: 0 } as Place]));
  const places = [...nodes.values()];
  const ways = edges.flatMap(([from, to]): Way[] => {
    const ends = [nodes.get(from), nodes.get(to)];
    const [upper, lower] = ends.sort((a, b) => (a?.rank ?? 0) - (b?.rank ?? 0));
    if (!upper || !lower) return [];
    const between = Array.from({ length: Math.max(0, lower.rank - upper.rank - 1) }, (_, index) => {
      const place: Place = { rank: upper.rank + 1 + index, name: null, x: 0 };
      places.push(place);
      return place;
    });
    return [{ places: [upper, ...between, lower], isUp: upper.name === to }];
  });
  return { places, ways };
}

/** Moves each place towards the middle of its neighbours, so that few arrows cross. */
function orderRows(places: readonly Place[], ways: readonly Way[]): Place[][] {
  const rows = [...Map.groupBy(places, ({ rank }) => rank)].sort(([a], [b]) => a - b).map(([, row]) => row);
  const neighbours = new Map<Place, Place[]>();
  for (const way of ways)
    for (const [index, place] of way.places.entries()) {
      const beside = [way.places[index - 1], way.places[index + 1]].filter((each) => each !== undefined);
      neighbours.set(place, [...(neighbours.get(place) ?? []), ...beside]);
    }
  for (const row of rows) spread(row);
  for (let sweep = 0; sweep < sweeps; sweep++)
    for (const row of sweep % 2 === 0 ? rows : rows.toReversed()) {
      const wish = new Map(row.map((place) => [place, meanX(neighbours.get(place) ?? [place])]));
      row.sort((a, b) => (wish.get(a) ?? 0) - (wish.get(b) ?? 0));
      spread(row);
    }
  return rows;
}

const meanX = (places: readonly Place[]) => places.reduce((sum, { x }) => sum + x, 0) / places.length;
const widthOf = ({ name }: Place) => (name === null ? lane : nodeWidth);

function spread(row: readonly Place[]): void {
  const width = row.reduce((sum, place) => sum + widthOf(place) + gapX, -gapX);
  let x = -width / 2;
  for (const place of row) {
    place.x = x + widthOf(place) / 2;
    x += widthOf(place) + gapX;
  }
}

const topOf = ({ rank }: Place) => margin + rank * rankHeight;

function drawWays(ways: readonly Way[]): string[] {
  const ends = ways.flatMap((way) => [
    { way, place: way.places[0] as Place, next: way.places[1] as Place },
    { way, place: way.places.at(-1) as Place, next: way.places.at(-2) as Place },
  ]);
  /** Where an arrow meets a node: several arrows are placed side by side. */
  const portOf = (way: Way, place: Place) => {
    const own = ends.find((end) => end.way === way && end.place === place);
    const isBelow = (own?.next.rank ?? 0) > place.rank;
    const side = ends
      .filter((end) => end.place === place && end.next.rank > place.rank === isBelow)
      .sort((a, b) => a.next.x - b.next.x);
    const index = side.findIndex((end) => end.way === way);
    return place.x + (index - (side.length - 1) / 2) * portGap;
  };
  return ways.map((way) => {
    const last = way.places.length - 1;
    const points = way.places.flatMap((place, index) => {
      const [top, bottom] = [topOf(place), topOf(place) + nodeHeight];
      if (index === 0) return [[portOf(way, place), bottom] as const];
      if (index === last) return [[portOf(way, place), top] as const];
      return [[place.x, top] as const, [place.x, bottom] as const];
    });
    const [[startX, startY] = [0, 0], ...rest] = points;
    let [fromX, fromY] = [startX, startY];
    const curves = rest.map(([x, y]) => {
      const middle = (fromY + y) / 2;
      const curve = `C${fromX} ${middle} ${x} ${middle} ${x} ${y}`;
      [fromX, fromY] = [x, y];
      return curve;
    });
    const end = way.isUp ? 'marker-start' : 'marker-end';
    return `<path d="M${startX} ${startY}${curves.join('')}" fill="none" stroke="var(--vp-c-text-3)" stroke-width="1.4" ${end}="url(#states-end)"/>`;
  });
}

function drawPlace(place: Place): string {
  const { name, x } = place;
  const y = topOf(place);
  if (name === null) return '';
  const middle = y + nodeHeight / 2;
  if (name === 'start')
    return `<circle cx="${x}" cy="${y + nodeHeight - 8}" r="8" fill="var(--vp-c-text-2)"/>`;
  if (name === 'end')
    return `<circle cx="${x}" cy="${y + 9}" r="8" fill="none" stroke="var(--vp-c-text-2)" stroke-width="1.5"/><circle cx="${x}" cy="${y + 9}" r="4.5" fill="var(--vp-c-text-2)"/>`;
  const box = `<rect x="${x - nodeWidth / 2}" y="${y}" width="${nodeWidth}" height="${nodeHeight}" rx="8" fill="var(--vp-c-bg-soft)" stroke="var(--vp-c-border)"/>`;
  return `${box}<text x="${x}" y="${middle}" text-anchor="middle" dominant-baseline="central" fill="var(--vp-c-text-1)">${name}</text>`;
}

/** The text for screen readers. */
const labelOf = (kind: string, edges: readonly [string, string][]) =>
  edges.map(([from, to]) => `${from} ${arrowWords.get(kind)} ${to}`).join(', ');
