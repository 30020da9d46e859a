// Applies a script to a folder: computes what each file should be from what it is, writes only what differs.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * What the files of `script` would be after it, as file → text. `read` gives a file's text or null. With `mistaken` the
 * script's mistake is in it, without it a mistake that is there is mended. Throws EditError when a place is not found.
 */
export function applyScript(script, read, { mistaken = false } = {}) {
  const { mistake } = script;
  const files = {};
  for (const { file, apply } of script.edits) {
    const before = files[file] ?? read(file);
    const mended = mistake?.file === file ? before?.replace(mistake.wrong, () => mistake.right) : before;
    files[file] = apply(mended ?? null);
  }
  if (mistaken && mistake) files[mistake.file] = files[mistake.file].replace(mistake.right, () => mistake.wrong);
  return files;
}

/** Whether all of the script's work stands in the files that `read` gives, its mistake included. */
export function isApplied(script, read) {
  try {
    return Object.entries(applyScript(script, read)).every(([file, text]) => mended(script, file, read(file)) === text);
  } catch {
    return false;
  }
}

/** Whether the mistake of the script stands in the files. */
export function isMistaken({ mistake }, read) {
  return mistake !== undefined && (read(mistake.file) ?? '').includes(mistake.wrong);
}

function mended({ mistake }, file, text) {
  return mistake?.file === file && text !== null ? text.replace(mistake.wrong, () => mistake.right) : text;
}

/** Reads a file of `folder`: its text, or null when there is none. */
export const reader = (folder) => (file) => {
  try {
    return readFileSync(join(folder, file), 'utf8');
  } catch {
    return null;
  }
};

/** Replaces a file whole, so that a kill never leaves half of it. The temporary name is one that git ignores. */
export function write(folder, file, text) {
  const path = join(folder, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.tmp`, text);
  renameSync(`${path}.tmp`, path);
}

/** The lines that `after` has and `before` has not, and the other way round, each in order. */
export function changedLines(before, after) {
  return { added: missing(after, before), removed: missing(before, after) };
}

function missing(from, other) {
  const rest = other.split('\n');
  return from.split('\n').filter((line) => {
    const at = rest.indexOf(line);
    if (at >= 0) rest.splice(at, 1);
    return at < 0;
  });
}
