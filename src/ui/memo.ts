// Remembers the latest answer of a pure function, by the identity of its arguments.

export function memo<A extends readonly unknown[], T>(make: (...key: A) => T): (...key: A) => T {
  let known: { key: A; made: T } | undefined;
  return (...key) => {
    if (!known || known.key.some((each, at) => each !== key[at])) known = { key, made: make(...key) };
    return known.made;
  };
}
