// A private folder for one test, gone afterwards.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** Call before making what lives in it: what is registered first is cleaned up last. */
export function makeTestFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'oompa-panes-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
