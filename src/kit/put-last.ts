/** Puts a value last in a map; the first goes where there are more than `most`. */
export function putLast<Name, Value>(
  map: Map<Name, Value>,
  [name, value]: readonly [Name, Value],
  most: number,
): void {
  map.delete(name);
  map.set(name, value);
  if (map.size <= most) return;
  for (const oldest of map.keys()) {
    map.delete(oldest);
    return;
  }
}
