// `oompa docs [page]`: the pages that come with the program.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { exitCodes, Refusal } from '../../core/errors.ts';
import { nearest } from '../../disk/nearest.ts';
import { packageFolder } from '../../disk/paths.ts';
import { table } from '../table.ts';
import type { Invocation } from './index.ts';

interface Page {
  name: string;
  title: string;
  path: string;
  text: string;
}

export async function run({ args: [name], options }: Invocation): Promise<number> {
  const pages = readPages();
  if (name === undefined) {
    const list = pages.map(({ text: _, ...page }) => page);
    if (options.json) console.log(JSON.stringify({ pages: list }, null, 2));
    else
      console.log(
        `${table(
          ['page', 'about', 'file'],
          list.map((page) => [page.name, page.title, page.path]),
        )}\n\noompa docs <page> prints one.`,
      );
    return exitCodes.ok;
  }
  const page = pages.find((each) => each.name === name.toLowerCase().replace(/\.md$/, ''));
  if (!page) {
    const names = pages.map((each) => each.name);
    const near = nearest(name, names);
    throw new Refusal(`there is no page ${name}`, {
      hint: near ? `did you mean ${near}?` : `pages: ${names.join(', ')}`,
      exitCode: exitCodes.noinput,
    });
  }
  process.stdout.write(options.json ? `${JSON.stringify(page, null, 2)}\n` : page.text);
  return exitCodes.ok;
}

/** README first, then docs/ by name. */
function readPages(): Page[] {
  const root = packageFolder();
  const files = readdirSync(join(root, 'docs')).filter((file) => file.endsWith('.md'));
  return ['README.md', ...files.sort().map((file) => join('docs', file))].map((file) => {
    const text = readFileSync(join(root, file), 'utf8');
    const name = file
      .replace(/^docs\//, '')
      .replace(/\.md$/, '')
      .toLowerCase();
    return { name, title: /^# (.+)$/m.exec(text)?.[1] ?? name, path: join(root, file), text };
  });
}
