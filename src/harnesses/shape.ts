// Narrow reading of JSON that others wrote: whatever is not as expected is as if it were not there.

/** The object that a line holds, or null. */
export function parseObject(line: string): object | null {
  if (!line.startsWith('{')) return null;
  try {
    return JSON.parse(line) as object;
  } catch {
    return null;
  }
}

/** The same for a whole text that may have comments, as settings files have. */
export function parseJsonc(text: string): object | null {
  return parseObject(text.replace(/("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, '$1').trim());
}

/** What lies at a path of keys and indexes; undefined when there is nothing. */
export function dig(value: unknown, ...path: (string | number)[]): unknown {
  let found = value;
  for (const key of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined;
    found = (found as Record<string | number, unknown>)[key];
  }
  return found;
}

/** The text at a path, or ''. */
export function textAt(value: unknown, ...path: (string | number)[]): string {
  const found = dig(value, ...path);
  return typeof found === 'string' ? found : '';
}

/** The number at a path, or 0; never negative. */
export function numberAt(value: unknown, ...path: (string | number)[]): number {
  const found = dig(value, ...path);
  return typeof found === 'number' && found > 0 && Number.isFinite(found) ? found : 0;
}

/** The object at a path, or an empty one. */
export function objectAt(value: unknown, ...path: (string | number)[]): object {
  const found = dig(value, ...path);
  return typeof found === 'object' && found !== null && !Array.isArray(found) ? found : {};
}

/** The entries at a path, or none. */
export function listAt(value: unknown, ...path: (string | number)[]): readonly unknown[] {
  const found = dig(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** The entry of a table that strangers name the keys of; undefined for a key that it does not have itself. */
export function entryOf<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
