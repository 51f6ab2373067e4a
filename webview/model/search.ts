/** Finding a class among thousands. */

/** Classes that answer a search: the name itself, then names that begin with it, then those that contain it. */
export function matchingClasses(names: readonly string[], query: string, most: number): readonly number[] {
  const wanted = query.trim().toLowerCase();
  if (wanted === "") return [];
  const ranks: readonly number[][] = [[], [], []];
  names.forEach((name, index) => {
    const place = name.toLowerCase().indexOf(wanted);
    if (place < 0) return;
    ranks[place > 0 ? 2 : name.length === wanted.length ? 0 : 1]?.push(index);
  });
  return ranks.flat().slice(0, most);
}
