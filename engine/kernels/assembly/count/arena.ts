// Memory from the end of what there is. Nothing is given back: tables grow by pages of their own, not by copies.

let next: usize = 0;
let limit: usize = 0;

/** Fresh memory is asked for by so many bytes at least, and by a quarter of what there is: asking takes time. */
const step: usize = 1 << 20;

/** Says where free memory begins. */
export function openArena(from: usize): void {
  next = from;
  limit = (<usize>memory.size()) << 16;
}

/** Address of so many bytes of zeros, at a multiple of 8. Traps where there is no memory left. */
export function takeBytes(bytes: usize): usize {
  const at = next;
  next = (at + bytes + 7) & ~(<usize>7);
  if (next > limit) {
    const missing = max(next - limit, max(step, limit >> 2));
    if (memory.grow(<i32>((missing + 0xffff) >> 16)) < 0) unreachable();
    limit = (<usize>memory.size()) << 16;
  }
  return at;
}
