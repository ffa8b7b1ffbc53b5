/** Insertions, deletions, replacements and swaps of neighbours that turn one word into the other. */
function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const replaced = (last[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1);
      let best = Math.min(replaced, (last[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1);
      const isSwap = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      if (isSwap) best = Math.min(best, (beforeLast[column - 2] ?? 0) + 1);
      current.push(best);
    }
    beforeLast = last;
    last = current;
  }
  return last[to.length] ?? 0;
}

/** Longer words are no slip of the finger, and the comparison costs the product of the lengths. */
const LONGEST_NAME = 40;

/** The known name that a misspelt one most likely means, or null when none is near; upper and lower case are the same. */
export function nearestName(misspelt: string, known: readonly string[]): string | null {
  if (misspelt.length > LONGEST_NAME) return null;
  let nearest: string | null = null;
  let smallest = Math.max(1, Math.floor(misspelt.length / 3)) + 1;
  for (const name of known) {
    const distance = editDistance(misspelt.toLowerCase(), name.toLowerCase());
    if (distance < smallest) {
      nearest = name;
      smallest = distance;
    }
  }
  return nearest;
}
