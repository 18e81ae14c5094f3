import type { Side } from '../comparison.ts';
import type { Members } from './read-document.ts';

export interface Root {
  side: Side;
  document: Members;
}
