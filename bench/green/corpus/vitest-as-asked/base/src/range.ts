/** The whole numbers from one to another. */
export function range(from: number, to: number): number[] {
  const numbers: number[] = [];
  for (let n = from; n < to; n += 1) numbers.push(n);
  return numbers;
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, n) => total + n, 0);
}

/** What is at a place, from the end if it is negative. */
export function at<T>(items: readonly T[], place: number): T | undefined {
  return items.at(place);
}
