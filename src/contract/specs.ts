// Specs: the upload, and the estimated cost of its work (R-SPEC-1).
import { z } from '@hono/zod-openapi';
import { name, pageOf, time, usd, uuid } from './base.ts';

export const specUploadSchema = z
  .object({
    name,
    content: z.string().openapi({ description: 'Markdown or plain text, at most 512 kB in UTF-8.' }),
    project: z.string().max(200).optional(),
  })
  .openapi('SpecUpload');
export type SpecUpload = z.infer<typeof specUploadSchema>;

export const estimateSchema = z
  .object({
    tokens: z.number().int().openapi({ description: 'The approximate size of the text.' }),
    sections: z.number().int(),
    architect_model: z.string(),
    architect_usd: usd.openapi({ description: 'What splitting it would cost at most.' }),
    work_orders: z.object({ low: z.number().int(), high: z.number().int() }),
    work_usd: z.object({ low: usd, high: usd }),
    basis: z.string().openapi({ description: 'What the estimate is based on.' }),
    warnings: z.array(z.string()),
  })
  .openapi('SpecEstimate');
export type SpecEstimate = z.infer<typeof estimateSchema>;

export const specSchema = z
  .object({
    id: uuid,
    name: z.string(),
    project: z.string().nullable(),
    bytes: z.number().int(),
    estimate: estimateSchema,
    created_by: z.string(),
    created_at: time,
  })
  .openapi('Spec');
export type Spec = z.infer<typeof specSchema>;
export const specDetailSchema = specSchema.extend({ content: z.string() }).openapi('SpecDetail');
export type SpecDetail = z.infer<typeof specDetailSchema>;
export const specPage = pageOf(specSchema, 'Specs');
