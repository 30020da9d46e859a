// How each CLI is started: prompt by stdin, conversation resumed, model and effort where they belong, what an alias changes.
import { describe, expect, test } from 'vitest';
import { harnesses, harnessOf } from '../../src/harnesses/registry.ts';
import { harnessEnvironment } from '../../src/worker/environment.ts';

const none = { mcp: null, folder: '/folder', environment: {} };
const prompt = `${'long '.repeat(50_000)}"quoted" $HOME`;
const expected: Record<string, { model: string; fresh: string; resumed: string }> = {
  claude: {
    model: 'claude:opus:high',
    fresh: '-p --output-format stream-json --verbose --dangerously-skip-permissions --model opus --effort high --extra',
    resumed:
      '-p --output-format stream-json --verbose --dangerously-skip-permissions --model opus --effort high --resume c-1 --extra',
  },
  codex: {
    model: 'codex:gpt-5.5:low',
    fresh:
      'exec --json --dangerously-bypass-approvals-and-sandbox --skip-git-repo-check -c features.unbounded_connection_retries=false -m gpt-5.5 -c model_reasoning_effort="low" --extra -',
    resumed:
      'exec resume --json --dangerously-bypass-approvals-and-sandbox --skip-git-repo-check -c features.unbounded_connection_retries=false -m gpt-5.5 -c model_reasoning_effort="low" --extra c-1 -',
  },
  opencode: {
    model: 'opencode:anthropic/claude-x:max',
    fresh:
      'run --format json --auto --title oompa --print-logs --log-level ERROR -m anthropic/claude-x --variant max --extra',
    resumed:
      'run --format json --auto --title oompa --print-logs --log-level ERROR -m anthropic/claude-x --variant max -s c-1 --extra',
  },
  gemini: {
    model: 'gemini:gemini-2.5-pro',
    fresh: '-o stream-json --yolo -m gemini-2.5-pro --extra',
    resumed: '-o stream-json --yolo -m gemini-2.5-pro --resume c-1 --extra',
  },
};

describe.each(Object.entries(expected))('%s', (name, { model, fresh, resumed }) => {
  const turn = (conversation: string | null, alias = {}, readOnly = false) => {
    const { harness, env, ...launch } = harnessOf(model, {
      [name]: { base: name, env: {}, args: ['--extra'], ...alias },
    });
    return harness.turn({ ...launch, root: '/repo', cwd: '/tree', prompt, conversation, readOnly, ...none });
  };

  test('arguments, prompt and folder', () => {
    expect(turn(null)).toMatchObject({ argv: [name, ...fresh.split(' ')], cwd: '/tree', stdin: prompt });
    expect(turn('c-1').argv).toEqual([name, ...resumed.split(' ')]);
    expect(turn(null, { bin: './bin/mine' }).argv[0]).toBe('/repo/bin/mine');
  });

  test('told to change nothing where it can be, else as ever', () => {
    const same = turn(null).argv;
    const argv = turn(null, {}, true).argv;
    const told: Record<string, readonly string[]> = {
      claude: [...same.slice(0, -1), '--disallowedTools', 'Edit,Write,NotebookEdit', '--extra'],
      codex: same.flatMap((word) => (word.startsWith('--dangerously') ? ['-c', 'sandbox_mode="read-only"'] : [word])),
    };
    expect(argv).toEqual(told[name] ?? same);
    expect(harnessOf(name).harness.can.readOnly).toBe(name in told);
  });

  test('without a model it is the default of the CLI', () => {
    const { harness, env, ...launch } = harnessOf(name);
    const { argv } = harness.turn({
      ...launch,
      root: '/repo',
      cwd: '/tree',
      prompt,
      conversation: null,
      readOnly: false,
      ...none,
    });
    expect(argv.join(' ')).not.toMatch(/ (?:--model|-m|--effort|--variant) |reasoning/);
  });
});

test('what a harness only prefers, the operator may set otherwise', () => {
  const { harness, env, ...launch } = harnessOf('claude');
  const request = { root: '/repo', cwd: '/tree', prompt, conversation: null, readOnly: false, ...none };
  const { defaults } = harness.turn({ ...launch, ...request });
  const seen = (from: NodeJS.ProcessEnv) => ({
    ...defaults,
    ...harnessEnvironment(from, { cwd: '/tree', passes: harness.passes, added: {}, tags: {}, bin: '/bin' }),
  });
  expect(seen({ PATH: '/usr/bin' })).toMatchObject({ CLAUDE_CODE_MAX_RETRIES: '5', PATH: '/bin:/usr/bin' });
  expect(seen({ CLAUDE_CODE_MAX_RETRIES: '9' })).toMatchObject({ CLAUDE_CODE_MAX_RETRIES: '9' });
});

test('a harness sees its own keys and homes, and of others nothing', () => {
  const keys = {
    claude: ['ANTHROPIC_API_KEY', 'ANTHROPIC_BASE_URL', 'CLAUDE_CONFIG_DIR', 'CLAUDE_CODE_OAUTH_TOKEN'],
    codex: ['OPENAI_API_KEY', 'CODEX_HOME', 'CODEX_API_KEY'],
    opencode: ['ANTHROPIC_API_KEY', 'OPENAI_API_KEY', 'OPENROUTER_API_KEY', 'OPENCODE_CONFIG'],
    gemini: ['GEMINI_API_KEY', 'GOOGLE_API_KEY', 'GOOGLE_CLOUD_PROJECT'],
    command: [],
  } as Record<string, string[]>;
  const never = [
    'CLAUDECODE',
    'CLAUDE_CODE_ENTRYPOINT',
    'CLAUDE_CODE_SSE_PORT',
    'AWS_SECRET_ACCESS_KEY',
    'GITHUB_TOKEN',
    'IS_SANDBOX',
  ];
  const all = Object.fromEntries([...never, ...Object.values(keys).flat()].map((each) => [each, 'x']));
  for (const { name, passes } of harnesses) {
    const seen = harnessEnvironment(
      { ...all, PATH: '/bin' },
      { cwd: '/tree', passes, added: {}, tags: {}, bin: '/bin' },
    );
    expect(Object.keys(seen)).toEqual(expect.arrayContaining(['PATH', 'PWD', ...(keys[name] ?? [])]));
    for (const each of never) expect(seen).not.toHaveProperty(each);
    if (name !== 'opencode') {
      const others = Object.entries(keys).flatMap(([other, names]) => (other === name ? [] : names));
      for (const each of others.filter((other) => !keys[name]?.includes(other))) expect(seen).not.toHaveProperty(each);
    }
  }
});
