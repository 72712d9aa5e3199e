/**
 * Does `work` with every item, `limit` at a time, and gives the results in the order of the items.
 * @throws what the first failing work throws, when all that had begun are done.
 */
export async function pooled<Item, Result>(
  items: readonly Item[],
  limit: number,
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: PromiseSettledResult<Result>[] = [];
  const left = items.entries();
  const worker = async (): Promise<void> => {
    for (const [at, item] of left) {
      [results[at]] = await Promise.allSettled([work(item)]);
      if (results[at].status === "rejected") return;
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return results.map((result) => {
    if (result.status === "rejected") throw result.reason;
    return result.value;
  });
}
