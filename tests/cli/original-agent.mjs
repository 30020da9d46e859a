// Stands in for claude, codex, gemini and opencode where a repository of the original runs: does what the prompt asks and prints it as that
// CLI would. The first argument is the name of the CLI.
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';

const [name, ...args] = process.argv.slice(2);
if (args.includes('--version')) {
  console.log('2.1.329');
  process.exit(0);
}
if (args.includes('status')) {
  console.log('{"loggedIn":true}');
  process.exit(0);
}
const prompt = readFileSync(0, 'utf8');
const print = (event) => console.log(JSON.stringify(event));
/** CLI → what it prints for one turn that says this. */
const turns = {
  claude(text) {
    print({ type: 'system', subtype: 'init', session_id: 'c0ffee00-0000-4000-8000-000000000000' });
    print({ type: 'assistant', message: { content: [{ type: 'text', text }] } });
    const usage = { input_tokens: 100, output_tokens: 10 };
    print({ type: 'result', subtype: 'success', is_error: false, result: text, usage, total_cost_usd: 0.01 });
  },
  codex(text) {
    print({ type: 'thread.started', thread_id: 'thread-1' });
    print({ type: 'item.completed', item: { id: 'i', type: 'agent_message', text } });
    print({ type: 'turn.completed', usage: { input_tokens: 100, output_tokens: 10 } });
  },
  opencode(text) {
    print({ type: 'text', sessionID: 'ses_1', part: { type: 'text', text } });
    const tokens = { input: 100, output: 10, reasoning: 0, cache: { read: 0, write: 0 } };
    print({ type: 'step_finish', sessionID: 'ses_1', part: { reason: 'stop', tokens, cost: 0 } });
  },
  gemini(text) {
    print({ type: 'init', session_id: 'g-1' });
    print({ type: 'message', role: 'assistant', content: text, delta: true });
    print({ type: 'result', status: 'success', stats: { input_tokens: 100, output_tokens: 10, total_tokens: 110 } });
  },
};

const [, worker = ''] = /^\[oompa:[0-9a-f]{8}:([\w-]+)\] /.exec(prompt) ?? [];
const claims = [...prompt.matchAll(/^### (\S+) \(\S+\.(?:edn|json)\)$/gm)].map(([, id]) => id);
const offered = /^- (\S+): .*\(suggested\)$/m.exec(prompt)?.[1];
appendFileSync(`${process.env.HOME}/prompts.jsonl`, `${JSON.stringify({ name, worker, prompt })}\n`);
turns[name](answer());

function answer() {
  if (prompt.includes('# Reviewer')) return review();
  if (worker === 'planner') return plan();
  if (claims.length === 0) return offered ? `I take it.\n\nCLAIM(${offered})` : '__DONE__';
  for (const id of claims) writeFileSync(`${id}.txt`, prompt.includes('mend-it') ? 'mended\n' : `${id}\n`);
  return 'Made.\n\nCOMPLETE_AND_READY_FOR_MERGE';
}

/** What made `beta` is sent back once. */
function review() {
  const bad = existsSync('beta.txt') && readFileSync('beta.txt', 'utf8') !== 'mended\n' && !existsSync('gone');
  return bad && /\+beta$/m.test(prompt)
    ? '1. beta.txt: mend-it\n\nVERDICT: NEEDS_CHANGES'
    : 'Reads well.\n\nVERDICT: APPROVED';
}

function plan() {
  const mark = `${process.env.HOME}/planned`;
  if (existsSync(mark)) return '__DONE__';
  writeFileSync(mark, '');
  const task = '{:id "planned" :summary "What $5 and \\\\1 cost" :acceptance ["planned.txt is there"]}\n';
  writeFileSync('../tasks/pending/planned.edn', task);
  return 'One task written.';
}
