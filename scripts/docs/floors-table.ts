import { type Floor, floors } from '../../test/floors.ts';
import { markdownTable } from './markdown-table.ts';

const contract = 'src/contract';
const isStorey = (level: string) => level.startsWith('3.');
const isFloor = (level: string) => !isStorey(level);

export function floorsTable(): string {
  const rows = floors.map((floor) => [floor.level, code(floor.path), floor.holds, allowed(floor)]);
  return markdownTable(['floor', 'path', 'what lives there', 'may import'], rows);
}

/** Names floors and storeys that may be imported completely instead of their folders. */
function allowed({ level, mayImport, typesOnlyFrom }: Floor): string {
  if (mayImport === 'all') return 'all';
  if (mayImport.length === 0) return '–';
  const top = [2, 1].find((last) =>
    pathsBelow(last + 1, isFloor).every((path) => path === contract || mayImport.includes(path)),
  );
  const storeys = isStorey(level) ? pathsBelow(Number(level), isStorey) : [];
  const hasStoreys = storeys.length > 0 && storeys.every((path) => mayImport.includes(path));
  const whole = [...(top === undefined ? [] : pathsBelow(top + 1, isFloor)), ...(hasStoreys ? storeys : [])];
  const single = mayImport.filter((path) => !whole.includes(path));
  return [
    ...single.map(
      (path) => `${code(path.replace('src/', ''))}${path === typesOnlyFrom ? ' (types only)' : ''}`,
    ),
    ...(hasStoreys ? ['lower storeys'] : []),
    ...(top === undefined
      ? []
      : [`floors 0–${top}${mayImport.includes(contract) ? '' : ` without ${code('contract')}`}`]),
  ].join(', ');
}

function pathsBelow(top: number, isMeant: (level: string) => boolean): readonly string[] {
  return floors.filter(({ level }) => isMeant(level) && Number(level) < top).map(({ path }) => path);
}

function code(text: string): string {
  return `\`${text}\``;
}
