/** Slow start: batches of 1, 2, 4, …, so that a quota that forbids the first does not cause hundreds of refusals. */
export function slowStartBatches(count: number): number[] {
  const batches: number[] = [];
  for (let left = count, size = 1; left > 0; size *= 2) {
    const batch = Math.min(size, left);
    batches.push(batch);
    left -= batch;
  }
  return batches;
}
