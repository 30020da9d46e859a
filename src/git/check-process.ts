// One check as a process: its own group, an environment of its own, bounded time and output.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { clean } from '../core/clean.ts';
import type { Check } from '../core/config.ts';
import type { CheckResult } from '../core/event.ts';
import { killGroup, sweepTagged } from '../disk/process.ts';

export interface CheckPlace {
  /** Absolute path of the tree that is checked. */
  tree: string;
  /** Folders above which no git of the check looks for a repository: there lies the operator's. */
  ceilings: readonly string[];
  timeoutMs: number;
}

const graceMs = 2_000;
const tailBytes = 4_096;
const tag = 'OOMPA_CHECK';

/** Runs a check to its end. A check that cannot be started, or takes too long, has failed; its `tail` says why. */
export async function runCheck({ name, run }: Check, { tree, ceilings, timeoutMs }: CheckPlace): Promise<CheckResult> {
  const startedAt = performance.now();
  const mark = randomUUID();
  const [program = '', ...args] = run;
  const output = createTail();
  const { promise: ended, resolve: end } = Promise.withResolvers<{ code: number | null; why: string | null }>();
  const child = spawn(program, args, {
    cwd: tree,
    env: { ...allowed(), CI: 'true', PWD: tree, GIT_CEILING_DIRECTORIES: ceilings.join(':'), [tag]: mark },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  child.stdout.on('data', output.add);
  child.stderr.on('data', output.add);
  child.on('error', (error) => end({ code: null, why: `could not be started: ${error.message}` }));
  // `exit`, not `close`: what a grandchild holds open would keep us waiting.
  child.on('exit', (code, signal) => end({ code, why: signal ? `was ended by ${signal}` : null }));
  const drained = new Promise<void>((resolve) => child.on('close', resolve));
  const timer = setTimeout(
    () => end({ code: null, why: `took longer than ${Math.round(timeoutMs / 1_000)} s` }),
    timeoutMs,
  );
  const { code, why } = await ended;
  clearTimeout(timer);
  if (child.pid) await killGroup(child.pid, { graceMs: why ? graceMs : 0 });
  await sweepTagged(tag, mark, { graceMs: 0 });
  // With nothing left that could print, what was printed is still to be read; what escaped us does not hold us up.
  await Promise.race([drained, sleep(1_000, undefined, { ref: false })]);
  child.stdout.destroy();
  child.stderr.destroy();
  const said = output.text();
  return {
    name,
    ok: code === 0,
    code,
    durationMs: Math.round(performance.now() - startedAt),
    tail: why ? `${said}${said && !said.endsWith('\n') ? '\n' : ''}(${name} ${clean(why)})` : said,
  };
}

// What build tools need to find themselves; no tokens, no sockets, nothing of git's or of oompa's.
const passed =
  /^(?:PATH|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|LC_\w+|TZ|TERM|TMPDIR|XDG_\w+|(?:https?|all|ftp|no)_proxy|(?:HTTPS?|ALL|FTP|NO)_PROXY|SSL_CERT_(?:FILE|DIR)|NODE_EXTRA_CA_CERTS|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|JAVA_HOME|GO(?:PATH|ROOT|CACHE|MODCACHE)|CARGO_HOME|RUSTUP_HOME|NVM_DIR|PYENV_ROOT|VIRTUAL_ENV|RBENV_ROOT|GEM_HOME)$/;

function allowed(): Record<string, string> {
  const kept = Object.entries(process.env).filter(([name, value]) => value !== undefined && passed.test(name));
  return Object.fromEntries(kept) as Record<string, string>;
}

/** Keeps the end of a stream of any length. */
function createTail() {
  let kept = Buffer.alloc(0);
  return {
    add(chunk: Buffer) {
      kept = Buffer.concat([kept, chunk]).subarray(-tailBytes * 4);
    },
    text(): string {
      const cleaned = clean(kept.toString('utf8'), { lines: true });
      const bytes = Buffer.from(cleaned, 'utf8');
      // A cut character at the front becomes U+FFFD; it goes.
      return bytes.length <= tailBytes
        ? cleaned
        : bytes
            .subarray(-tailBytes)
            .toString('utf8')
            .replace(/^\ufffd+/, '');
    },
  };
}
