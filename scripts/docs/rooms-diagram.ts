import { join } from 'node:path';
import { roomImports } from '../../test/check-floors.ts';

/**
 * The rooms of the engine as a diagram, from their imports. An arrow that a longer path of arrows already says is left
 * out (transitive reduction).
 */
export function roomsDiagram(): string {
  const imports = roomImports(join(import.meta.dirname, '..', '..'));
  const reached = (room: string): Set<string> => {
    const all = new Set(imports.get(room));
    for (const one of all) for (const further of imports.get(one) ?? []) all.add(further);
    return all;
  };
  const arrows = [...imports].flatMap(([room, imported]) =>
    [...imported]
      .filter((one) => ![...imported].some((other) => other !== one && reached(other).has(one)))
      .map((one) => `  ${room} --> ${one}`),
  );
  return ['```mermaid', 'flowchart TD', ...arrows.sort(), '```'].join('\n');
}
