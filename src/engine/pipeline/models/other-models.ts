// The models that could replace a failed one.
import { isMooseError } from '../../../domain/failure.ts';
import type { Work } from '../../run/work.ts';

/** Every configured model that can be called here, the next stronger ones first; if money is short, only cheaper ones. */
export function otherModels(
  work: Pick<Work, 'model' | 'settings'>,
  failed: string | null,
  isShortOfMoney = false,
): string[] {
  const { light, standard, strong } = work.settings.models;
  const ladder = [...new Set([...light, ...standard, ...strong])].filter((name) => isCallable(work, name));
  const others = ladder.filter((name) => name !== failed);
  if (isShortOfMoney) {
    const most = failed !== null && isCallable(work, failed) ? priceOf(work, failed) : null;
    return others.filter((name) => most !== null && priceOf(work, name) < most);
  }
  const at = failed === null ? -1 : ladder.indexOf(failed);
  const stronger = others.filter((name) => ladder.indexOf(name) > at);
  return [...stronger, ...others.filter((name) => !stronger.includes(name)).reverse()];
}

/** Compares output prices, because output is most of a call's cost. */
const priceOf = (work: Pick<Work, 'model'>, name: string) => work.model(name).price.steps[0].output;

export function isCallable(work: Pick<Work, 'model'>, name: string): boolean {
  try {
    work.model(name);
    return true;
  } catch (cause) {
    if (isMooseError(cause) && cause.category === 'configuration') return false;
    throw cause;
  }
}
