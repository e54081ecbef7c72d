/**
 * What all of these come to, in their order. Where some reject, it rejects as the first of them does, once all are over:
 * nothing is left that nobody waits for.
 */
export async function together<T>(work: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(work);
  return await Promise.all(work);
}
