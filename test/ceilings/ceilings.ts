// The house grows only where a row of the contract pays for it. `test/ceilings.json` holds a ceiling for each measure.
import { z } from 'zod';

export const measures = [
  'src_lines',
  'web_lines',
  'sql_lines',
  'tables',
  'columns',
  'sql_functions',
  'triggers',
  'settings',
  'error_codes',
  'commands',
  'options',
  'routes',
  'decisions_words',
  'docs_words',
] as const;

export type Measured = Record<(typeof measures)[number], number>;

const ceilingSchema = z.strictObject({
  most: z.int().nonnegative(),
  /** Each raise: by how much, and the row of `docs/spec.md` that pays for it. */
  paid: z.array(z.strictObject({ row: z.string(), by: z.int().positive(), for: z.string().min(1) })),
});
export const ceilingsSchema = z.record(z.enum(measures), ceilingSchema);
/** As an earlier commit has it, when other things were measured. */
export const earlierCeilingsSchema = z.record(z.string(), ceilingSchema);
export type Ceilings = z.infer<typeof ceilingsSchema>;

/** What is that much smaller than its ceiling lowers it: the room that it leaves is nobody's. */
const slackShare = 0.01;

/** What is wrong with what was measured, as sentences for the person who has changed it. */
export function problemsOf(measured: Partial<Measured>, ceilings: Ceilings): string[] {
  return measures.flatMap((name) => {
    const [now, { most }] = [measured[name], ceilings[name]];
    if (now === undefined) return [];
    if (now > most)
      return [
        `${name}: ${now} is above the ceiling of ${most}. Delete as much, or raise it in test/ceilings.json and name under \`paid\` the row of docs/spec.md that pays.`,
      ];
    const lowest = most - Math.floor(most * slackShare);
    return now < lowest
      ? [`${name}: ${now} leaves room below the ceiling of ${most}. Lower it to ${now}.`]
      : [];
  });
}

/**
 * Raises that no row pays for. `versions`: what the file has said in the course of time, oldest first, without measures that
 * came later; `rows`: ids of the contract.
 */
export function unpaidRaises(
  versions: ReadonlyArray<Partial<Ceilings>>,
  rows: ReadonlySet<string>,
): string[] {
  return versions.slice(1).flatMap((after, index) =>
    measures.flatMap((name) => {
      const [before, now] = [versions[index]?.[name], after[name]];
      if (!before || !now) return [];
      const raised = now.most - before.most;
      const added = now.paid.slice(before.paid.length);
      const strange = added
        .filter(({ row }) => !rows.has(row))
        .map(({ row }) => `${name}: docs/spec.md has no row ${row}.`);
      const paid = added.reduce((sum, { by }) => sum + by, 0);
      return raised > paid
        ? [...strange, `${name}: raised by ${raised}, and the rows added under \`paid\` pay for ${paid}.`]
        : strange;
    }),
  );
}
