// A person inside an embedded pane: their keys go in, and only text, colour and the cursor come out.
import { expect, onTestFinished, test } from 'vitest';
import { createPtyPanes } from '../../src/panes/pty.ts';
import { shows } from './tmux-swarm.ts';
import { until } from './until.ts';

test('frames show the program and nothing of its escapes; keys reach it', async () => {
  const panes = createPtyPanes({ swarmTag: crypto.randomUUID() });
  onTestFinished(() => panes.destroy());
  const script = String.raw`printf '\033]52;c;aGVsbG8=\007\033]0;t\007\033[31mred\033[0m\n'; read line; printf "got <%s>" "$line"; exec sleep 1000`;
  await panes.open({ key: 'w0', argv: ['sh', '-c', script], cwd: '/', env: {}, title: '' });
  await shows(panes, 'w0', 'red');
  const attachment = await panes.attach('w0');
  if (attachment.kind !== 'inside') throw new Error('not inside');
  let seen = '';
  const leave = attachment.onData((bytes) => {
    seen += bytes;
  });
  expect(seen).toContain('red');
  attachment.write('hello\r');
  await until(() => seen.includes('got <hello>'));
  leave();
  const rest = seen.replace(/\x1b\[(?:[\d;]*m|\d+;\d+H|2K|\?25[lh])/g, '');
  expect(rest).not.toMatch(/[\x00-\x1f\x7f]/);
  const length = seen.length;
  attachment.resize(50, 10);
  attachment.write('more');
  await shows(panes, 'w0', 'more');
  expect((await panes.capture('w0'))?.cols).toBe(50);
  expect(seen).toHaveLength(length);
});
