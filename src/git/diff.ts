// The diff of a change as text for reading, bounded: whole files up to the limit, and the names of the rest.

import { changedFiles } from './changed-files.ts';
import type { DiffText } from './contract.ts';
import { type Place, runGit } from './run.ts';

const flags = ['--no-renames', '--no-ext-diff', '--no-textconv', '--no-color', '--no-relative'];

/** Nothing that a repository configures runs for it. Default limit: 1 MiB. */
export async function diff(objects: Place, base: string, head: string, limit = 1024 * 1024): Promise<DiffText> {
  const files = await changedFiles(objects, base, head);
  const sections = createSections(limit);
  const args = ['diff-tree', '-r', '-p', '--full-index', ...flags, base, head];
  await runGit(objects, args, { onData: sections.add, config: ['core.quotePath=false'] });
  const kept = sections.end();
  const omitted = files.filter((_, i) => !kept.has(i)).map(({ path }) => path);
  return { files, text: files.map((_, i) => kept.get(i) ?? '').join(''), omitted };
}

const header = '\ndiff --git ';

/**
 * Cuts the stream at file headers (no line of a file's content begins like one) and keeps the sections that fit, by the number of
 * their file. Reads at most eight times the limit.
 */
function createSections(limit: number) {
  const kept = new Map<number, string>();
  let used = 0;
  let read = 0;
  const dropped = new Set<number>();
  let file = -1;
  let lastTitle = '';
  // A line break in front makes the first header look like the others.
  let buffer = Buffer.from('\n');
  let cut = false;

  /** `section` begins with the line break before its header. */
  function close(section: Buffer): void {
    if (section.length < header.length) return;
    const end = section.indexOf(10, 1);
    const title = section.toString('latin1', 1, end < 0 ? section.length : end);
    // A file that became a link, or a link that became a file, has two sections.
    if (title !== lastTitle) file += 1;
    lastTitle = title;
    const text = section.subarray(1);
    if (cut || dropped.has(file) || used + text.length + 1 > limit) {
      kept.delete(file);
      dropped.add(file);
    } else {
      kept.set(file, `${kept.get(file) ?? ''}${text.toString('utf8')}\n`);
      used += text.length + 1;
    }
    cut = false;
  }

  return {
    add(chunk: Buffer): boolean {
      read += chunk.length;
      buffer = Buffer.concat([buffer, chunk]);
      for (let at = buffer.indexOf(header, 1); at > 0; at = buffer.indexOf(header, 1)) {
        close(buffer.subarray(0, at));
        buffer = buffer.subarray(at);
      }
      const end = buffer.indexOf(10, 1);
      if (end > 0 && buffer.length > limit - used + end + header.length) {
        // Too long to be kept: its title stays, and the tail, in which the next header may begin.
        cut = true;
        buffer = Buffer.concat([buffer.subarray(0, end + 1), buffer.subarray(-header.length)]);
      }
      const more = read <= limit * 8;
      if (!more) cut = true;
      return more;
    },
    end(): Map<number, string> {
      close(buffer.at(-1) === 10 ? buffer.subarray(0, -1) : buffer);
      return kept;
    },
  };
}
