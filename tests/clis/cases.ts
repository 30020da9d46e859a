// The cases that every CLI is put through: what the prompt says, and what the scripted model answers to it.
import type { Fail, Scenario } from '../model-server/script.ts';

/** `SAY <case>` in a prompt picks its scenario. */
export const promptOf = (name: string): string => `SAY ${name}\nwith "quotes" and 'more'\n`;

/** A conversation that the CLI cannot know, in a form that it accepts. */
export const unknownConversation: Record<string, string> = {
  claude: '00000000-0000-4000-8000-000000000000',
  codex: '00000000-0000-7000-8000-000000000000',
  opencode: 'ses_012345678901234567890123ab',
  gemini: '00000000-0000-4000-8000-000000000000',
};

/** claude tells when a limit ends to those only who logged in. */
export function keyFor(cli: string, name: string): { key?: string } {
  return cli === 'claude' && name === 'limit' ? { key: 'sk-ant-oat01-fake' } : {};
}

/** Whether the CLI itself asks again for an answer that broke off. */
export const asksAgainItself: Record<string, boolean> = { claude: true, codex: true, opencode: true, gemini: false };

/** How a failure is told to a CLI, so that it gives up soon and knows the reset where it can. */
const limits: Record<string, (resetSeconds: number) => Fail> = {
  claude: (seconds) => {
    const reset = String(Math.floor(Date.now() / 1_000) + seconds);
    return {
      headers: {
        'anthropic-ratelimit-unified-status': 'rejected',
        'anthropic-ratelimit-unified-reset': reset,
        'anthropic-ratelimit-unified-representative-claim': 'five_hour',
      },
    };
  },
  codex: (seconds) => {
    const reset = Math.floor(Date.now() / 1_000) + seconds;
    return { body: { error: { type: 'usage_limit_reached', message: 'limit', plan_type: 'pro', resets_at: reset } } };
  },
  opencode: (seconds) => ({ headers: { 'retry-after-ms': '10', 'retry-after': String(seconds) } }),
  gemini: (seconds) => {
    const details = [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${seconds}s` }];
    return { body: { error: { code: 429, message: 'Slow down.', status: 'RESOURCE_EXHAUSTED', details } } };
  },
};

/** Seconds until the scripted limits are over. */
export const limitSeconds = 7_200;

export function cases(cli: string): Scenario[] {
  // What opencode waits between its tries is otherwise long.
  const soon = cli === 'opencode' ? { headers: { 'retry-after-ms': '10' } } : {};
  const limit = limits[cli]?.(limitSeconds) ?? {};
  return [
    {
      when: /SAY work\b/,
      replies: [
        {
          text: 'First I look.',
          calls: [{ shell: 'echo hi; cat a.txt' }],
          usage: { input: 1_000, cached: 400, output: 20 },
        },
        { calls: [{ read: 'a.txt' }] },
        { calls: [{ write: 'one.txt', content: 'one\ntwo\n' }] },
        { calls: [{ edit: 'a.txt', old: 'beta', new: 'gamma' }] },
        { calls: [{ shell: 'exit 3' }] },
        { text: 'Created one.txt.\n\nCOMPLETE_AND_READY_FOR_MERGE', usage: { input: 2_000, output: 30 } },
      ],
    },
    {
      when: /SAY resume\b/,
      replies: [{ calls: [{ shell: 'cat one.txt > two.txt' }] }, { text: 'Created two.txt.' }],
    },
    // The call leaves a process of its own session behind; then the model does not answer, the first time or ever.
    { when: /SAY hang-once\b/, replies: [leave, { text: 'Here after all.', fail: { how: 'hang', times: 1 } }] },
    { when: /SAY hang\b/, replies: [leave, { fail: { how: 'hang' } }] },
    { when: /SAY cut\b/, replies: [{ text: 'Cut once.', fail: { how: 'cut', times: 1 } }] },
    { when: /SAY limit\b/, replies: [{ fail: { status: 429, message: 'Slow down.', ...limit } }] },
    { when: /SAY auth\b/, replies: [{ fail: { status: 401, message: 'Bad key.' } }] },
    { when: /SAY provider\b/, replies: [{ fail: { status: 500, message: 'Oops.', ...soon } }] },
    { when: /SAY context\b/, replies: [{ fail: tooLong[cli] ?? {} }] },
  ];
}

const leave = { calls: [{ shell: 'env > left.env; setsid sleep 1000 > left.out 2>&1 & echo $! > left.pid' }] };

const tooLong: Record<string, Fail> = {
  claude: { status: 400, message: 'prompt is too long: 250000 tokens > 200000 maximum' },
  codex: {
    events: [
      {
        type: 'response.failed',
        response: { id: 'resp_1', status: 'failed', error: { code: 'context_length_exceeded', message: 'Too long.' } },
      },
    ],
  },
  opencode: { status: 400, message: 'prompt is too long: 250000 tokens > 200000 maximum' },
  gemini: {
    status: 400,
    message: 'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
  },
};
