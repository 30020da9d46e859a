// The command that puts a person's terminal into one window of a swarm's session.

/**
 * A session of its own in the session's group: its current window moves nobody else's, and it goes when its terminal does. The
 * window gives up the size of a preview for that of the terminal.
 */
export function attachArgv(tmux: readonly string[], session: string, window: string): string[] {
  const commands = [
    ['new-session', '-E', '-t', `=${session}`],
    ['set-option', 'destroy-unattached', 'on'],
    ['set-option', '-wu', '-t', `:${window}`, 'window-size'],
    ['select-window', '-t', `:${window}`],
  ];
  return [...tmux, '-N', ...commands.flatMap((words, index) => (index === 0 ? words : [';', ...words]))];
}
