/** The `share` quantile (0 to 1) of some values, by nearest rank. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/**
 * The median of the block medians: what disturbs one stretch of a run (a neighbour on the machine, a collection)
 * moves one block and not the figure.
 */
export function medianOfBlocks(values: readonly number[], blocks: number): number {
  return median(blocksOf(values, blocks).map(median));
}

/** As `medianOfBlocks`, of the ratio that two interleaved series have in each block. */
export function ratioOfBlocks(values: readonly number[], to: readonly number[], blocks: number): number {
  const bases = blocksOf(to, blocks).map(median);
  return median(blocksOf(values, blocks).map((block, index) => median(block) / (bases[index] ?? Number.NaN)));
}

function blocksOf(values: readonly number[], blocks: number): readonly (readonly number[])[] {
  const length = Math.floor(values.length / blocks);
  return Array.from({ length: blocks }, (_, index) => values.slice(index * length, (index + 1) * length));
}
