/** The last result of a function, kept while its arguments are the same objects. */
export function memo<A extends readonly unknown[], R>(compute: (...args: A) => R): (...args: A) => R {
  let last: { readonly args: A; readonly result: R } | undefined;
  return (...args) => {
    if (last && args.length === last.args.length && args.every((arg, i) => Object.is(arg, last?.args[i]))) {
      return last.result;
    }
    last = { args, result: compute(...args) };
    return last.result;
  };
}

/** The list that was given before, where it had the same members. */
export function sameList<T>(): (list: readonly T[]) => readonly T[] {
  let last: readonly T[] = [];
  return (list) => {
    if (list.length !== last.length || list.some((member, index) => !Object.is(member, last[index])))
      last = list;
    return last;
  };
}
