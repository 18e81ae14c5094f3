// The settings of projects: what is shown, what may be changed, and how a page edits it. All follows from the table.
import { z } from '@hono/zod-openapi';
import { projectSettingKinds } from '../../domain/project-settings/kinds.ts';
import {
  type GivenSettings,
  type ProjectSettingKey,
  projectSettingRows,
  type ShownSettings,
} from '../../domain/project-settings/project-settings.ts';

/** Members of a project. A schema of the table can be older than the extension that describes schemas; its copy is not. */
export const shownSettingSchemas = Object.fromEntries(
  projectSettingRows.map(([key, { shown, means }]) => [key, shown.clone().openapi({ description: means })]),
) as { [Key in ProjectSettingKey]: z.ZodType<ShownSettings[Key]> };

const givenSettingSchemas = Object.fromEntries(
  projectSettingRows.map(([key, { schema, means, person }]) => [
    key,
    schema
      .nullable()
      .optional()
      .openapi({ description: person ? `${means} Only a person may ${person.may}.` : means }),
  ]),
) as { [Key in ProjectSettingKey]: z.ZodOptional<z.ZodNullable<z.ZodType<GivenSettings[Key]>>> };

export const projectChangeSchema = z
  .strictObject(givenSettingSchemas)
  .refine((change) => Object.keys(change).length > 0, 'Must not be empty')
  .openapi('ProjectChange', { minProperties: 1, description: 'Null removes a setting.' });
export type ProjectChange = z.infer<typeof projectChangeSchema>;

export const projectSettingSchema = z
  .object({
    key: z.string().openapi({ description: 'The member of a project.' }),
    card: z.string().openapi({ description: 'Settings with the same card are edited together.' }),
    label: z.string().nullable().openapi({ description: 'Null for a switch.' }),
    help: z.string(),
    kind: z.enum(projectSettingKinds),
    choices: z
      .array(z.object({ value: z.string(), words: z.string() }))
      .openapi({ description: 'The values and what they mean: of a choice, or `on` and `off` of a switch.' }),
    unset: z
      .string()
      .nullable()
      .openapi({ description: 'What no value means. Null: there is always one, or the help says it.' }),
    buttons: z.object({ on: z.string(), off: z.string() }).nullable().openapi({
      description: 'Those of a switch. A person confirms `help` before it is turned on.',
    }),
    for_people: z.boolean().openapi({ description: 'Whether only a person may set it freely.' }),
  })
  .openapi('ProjectSetting');
export type ProjectSetting = z.infer<typeof projectSettingSchema>;
export const projectSettingsSchema = z
  .object({ items: z.array(projectSettingSchema) })
  .openapi('ProjectSettings');
