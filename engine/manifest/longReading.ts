/**
 * Bytes above which the editor reads a file in a thread of its own, where waiting for the disk holds nobody up; starting that
 * takes longer than reading a smaller one.
 */
export const longReading: number = 4 << 20;
