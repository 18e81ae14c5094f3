// Identifies the question about the plan of a spec, which belongs to no work order.
export const planQuestionCode = 'PLAN_NEEDS_APPROVAL';
export const planQuestionKey = (specId: string) => `plan:${specId}`;
