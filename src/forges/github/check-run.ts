import { z } from 'zod';

export const runSchema = z.looseObject({
  id: z.number(),
  name: z.string(),
  status: z.string(),
  conclusion: z.string().nullish(),
  started_at: z.string().nullish(),
  completed_at: z.string().nullish(),
  html_url: z.string().nullish(),
  details_url: z.string().nullish(),
  external_id: z.string().nullish(),
  output: z
    .looseObject({
      title: z.string().nullish(),
      summary: z.string().nullish(),
      text: z.string().nullish(),
      annotations_count: z.number().nullish(),
    })
    .nullish(),
  app: z.looseObject({ id: z.number().nullish(), slug: z.string().nullish() }).nullish(),
  check_suite: z.looseObject({ id: z.number() }).nullish(),
});

export type CheckRun = z.infer<typeof runSchema>;
