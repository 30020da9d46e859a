// Keeps the prompts of a worker's latest turns for people: workers/<id>/prompts/<turn>.md.
import { readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder, writeAtomic } from '../disk/durable.ts';

const kept = 20;

/** Saves a prompt and removes all but the newest 20. Nothing depends on these files: errors are dropped. */
export async function savePrompt(folder: string, turn: string, prompt: string): Promise<void> {
  try {
    await makeFolder(folder);
    await writeAtomic(join(folder, `${turn}.md`), prompt, { sync: false });
    const files = await Promise.all(
      (await readdir(folder))
        .filter((name) => name.endsWith('.md'))
        .map(async (name) => ({ path: join(folder, name), at: (await stat(join(folder, name))).mtimeMs })),
    );
    const old = files.sort((a, b) => b.at - a.at).slice(kept);
    await Promise.all(old.map(({ path }) => unlink(path)));
  } catch {
    // See above.
  }
}
