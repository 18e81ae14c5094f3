import { type Floor, floors } from '../../test/floors.ts';
import { markdownTable } from './markdown-table.ts';

/** The lower floors, which most of the upper ones may import completely. */
const ground = floors.filter(({ level }) => ['0', '1', '2'].includes(level)).map(({ path }) => path);

export function floorsTable(): string {
  const rows = floors.map((floor) => [floor.level, `\`${floor.path}\``, floor.holds, allowed(floor)]);
  return markdownTable(['floor', 'path', 'what lives there', 'may import'], rows);
}

function allowed({ mayImport, typesOnlyFrom }: Floor): string {
  if (mayImport === 'all') return 'all';
  if (mayImport.length === 0) return '–';
  const hasGround = ground.every((path) => mayImport.includes(path));
  const named = hasGround ? mayImport.filter((path) => !ground.includes(path)) : mayImport;
  const told = named.map((path) => `${code(path)}${path === typesOnlyFrom ? ' (types only)' : ''}`);
  const narrowed = typesOnlyFrom === undefined ? '' : ` (types only from ${code(typesOnlyFrom)})`;
  return [...told, ...(hasGround ? [`floors 0–2${narrowed}`] : [])].join(', ');
}

function code(path: string): string {
  return `\`${path.replace(/^src\//, '')}\``;
}
