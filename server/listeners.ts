/** Who wants to hear of something. */
export interface Listeners<A extends unknown[]> {
  /** Gives a function that takes the listener out again. */
  add(listener: (...said: A) => void): () => void;
  tell(...said: A): void;
}

/** An empty list of listeners; they are told in the order in which they were added. */
export function listeners<A extends unknown[]>(): Listeners<A> {
  const all = new Set<(...said: A) => void>();
  return {
    add(listener) {
      all.add(listener);
      return () => void all.delete(listener);
    },
    tell: (...said) => {
      for (const listener of [...all]) listener(...said);
    },
  };
}
