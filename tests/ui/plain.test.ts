import { afterEach, describe, expect, it } from 'vitest';
import { themeFor } from '../../src/ui/theme.ts';
import { busyState, makePorts } from './fixtures.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
afterEach(() => stage.close());

const colours = /\x1b\[(?:[\d;]*;)?(?:3\d|4\d|9\d|10\d)(?:;[\d;]*)?m/;

describe('a plain terminal', () => {
  it('gets no colour under NO_COLOR, not even from panes', async () => {
    const ports = makePorts({ screen: async () => ['\x1b[31mred\x1b[0m and \x1b[1;38;5;200mpink'] });
    stage = await openStage({ state: busyState(), ports, env: { LANG: 'C.UTF-8', NO_COLOR: '1' } });
    await stage.sees('red and pink');
    stage.press('3');
    await stage.sees('a title is needed');
    expect(stage.bytes()).not.toMatch(colours);
    // The focused panel and the chosen row are told by inverse, statuses by words.
    expect(stage.bytes()).toContain('\x1b[7m');
    expect(stage.text()).toContain('needs you');
  });

  it('gets colour where there is some', async () => {
    stage = await openStage({ state: busyState() });
    expect(stage.bytes()).toMatch(colours);
  });

  it('gets ASCII only where the locale is not UTF-8', async () => {
    const ports = makePorts({ screen: async () => ['日本 ✓ done'] });
    stage = await openStage({ state: busyState(), ports, env: { LANG: 'C', TERM: 'xterm' } });
    await stage.sees('?? ? done');
    for (const key of ['2', '3', '5', '?']) {
      stage.press(key);
      await stage.sees(key === '?' ? 'Help' : 'q leave');
    }
    expect([...stage.bytes()].filter((each) => each > '~')).toEqual([]);
    stage.press('x1');
    await stage.sees('+- 1 Workers 6');
    await stage.sees('! needs you');
  });

  it.each([
    [{ LANG: 'en_US.UTF-8', TERM: 'xterm' }, true, true],
    [{ LANG: 'de_DE.utf8', TERM: 'tmux-256color' }, true, true],
    [{ LANG: 'C.UTF-8', LC_ALL: 'C' }, false, true],
    [{ LANG: 'C.UTF-8', TERM: 'linux' }, false, true],
    [{ LANG: 'C.UTF-8', TERM: 'dumb' }, false, false],
    [{ LANG: 'C.UTF-8', NO_COLOR: '1' }, true, false],
    [{ LANG: 'C.UTF-8', NO_COLOR: '' }, true, true],
    [{}, false, true],
  ])('%j: unicode %s, colour %s', (env, unicode, colour) => {
    expect(themeFor(env)).toMatchObject({ unicode, colour });
  });
});
