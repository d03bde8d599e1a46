import { timingSafeEqual } from "node:crypto";

type Room = readonly [left: Buffer, right: Buffer];

/** Room for both texts of a comparison, by their length: a signature's is one of a few. */
const rooms = new Map<number, Room>();
const mostRooms = 128;
const longest = 1_024;

/** Whether two texts are the same, in time that tells their length at most. The one comparison of secrets and signatures. */
export function sameText(a: string, b: string): boolean {
  const { length } = a;
  if (length !== b.length) return false;
  const [left, right] = roomFor(length);
  // Text beyond ASCII, or beyond the longest room, doesn't fit.
  if (left.write(a) !== length || right.write(b) !== length) {
    return sameBytes(Buffer.from(a), Buffer.from(b));
  }
  return timingSafeEqual(left, right);
}

function roomFor(length: number): Room {
  const known = rooms.get(length);
  if (known !== undefined) return known;
  const bytes = Math.min(length, longest);
  const made = [Buffer.alloc(bytes), Buffer.alloc(bytes)] as const;
  if (rooms.size < mostRooms) rooms.set(length, made);
  return made;
}

function sameBytes(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
