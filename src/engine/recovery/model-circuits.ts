// The circuits of one call to a model, whoever makes it: which failures count against the provider, and which only
// against the model.
import { isMooseError } from '../../domain/failure.ts';
import { type Classify, outcomeOf } from '../../resilience/outcome-of.ts';
import type { Circuits } from './circuits.ts';

/**
 * A missing answer may be the fault of the request or the model: it says nothing about the provider's other models. A
 * model that does not exist opens no circuit: waiting does not help, and a person has to choose another model.
 */
const isOfTheModel = (failure: unknown) => isMooseError(failure) && failure.code === 'MODEL_TIMEOUT';

const forTheProvider: Classify = (failure) => (isOfTheModel(failure) ? 'ignored' : outcomeOf(failure));

const forTheModel: Classify = (failure) => (isOfTheModel(failure) ? 'failure' : 'ignored');

export interface CalledModel {
  provider: string;
  /** `provider/model`. */
  model: string;
}

export function throughModelCircuits<T>(
  { through }: Pick<Circuits, 'through'>,
  { provider, model }: CalledModel,
  signal: AbortSignal,
  call: () => Promise<T>,
): Promise<T> {
  const ofModel = () => through([`model:${model}`], signal, call, forTheModel);
  return through([`provider:${provider}`], signal, ofModel, forTheProvider);
}
