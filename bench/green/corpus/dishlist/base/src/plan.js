import { slug } from './vendor/slug.js';

/** A dish for each day, in the order of the days. */
export function planWeek(days, dishes) {
  return days.map((day, index) => ({ day, dish: dishes[index % dishes.length] }));
}

/** Where a week is stored. */
export function keyOf(title) {
  return `week-${slug(title)}`;
}
