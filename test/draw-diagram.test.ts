import { expect, test } from 'vitest';
import { drawDiagram } from '../scripts/docs/draw-diagram.ts';

const diagram = `stateDiagram-v2
  [*] --> waiting
  waiting --> working
  working --> waiting
  waiting --> ended
  working --> ended
  ended --> [*]
`;

test('a state diagram becomes a picture: every state once, every transition as an arrow, and words for those who cannot see it', () => {
  const svg = drawDiagram(diagram);
  expect(Array.from(svg.matchAll(/>(\w+)<\/text>/g), ([, name]) => name)).toEqual([
    'waiting',
    'working',
    'ended',
  ]);
  expect(svg.match(/marker-end="/g)).toHaveLength(5);
  // The arrow that leads back.
  expect(svg.match(/marker-start="/g)).toHaveLength(1);
  expect(svg).toContain('working may become waiting');
  expect(svg).not.toMatch(/NaN|undefined/);
});

test('what cannot be drawn stops the build instead of vanishing from the page', () => {
  expect(() => drawDiagram('sequenceDiagram\n  A->>B: hello')).toThrow('not: sequenceDiagram');
  expect(() => drawDiagram('stateDiagram-v2\n  A --> B: when')).toThrow('plain arrows');
});
