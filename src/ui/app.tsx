// The root of what Ink draws: one subscription to the view, one keyboard, and the screen that the mode calls for.
import { Box, Text, useApp, useStdin } from 'ink';
import { useEffect, useInsertionEffect } from 'react';
import { factsShown } from './facts.ts';
import { useKeyboard } from './keyboard.ts';
import { least } from './layout.ts';
import { letGo } from './let-go.ts';
import { Board } from './screens/board.tsx';
import { Cover } from './screens/cover.tsx';
import { layoutOf } from './settle.ts';
import { type Face, type Farewell, useView } from './store.ts';

export function App({ face }: { face: Face }) {
  const view = useView(face, (each) => each);
  const { exit, suspendTerminal } = useApp();
  const { stdin } = useStdin();
  useKeyboard(face);
  useEffect(() => {
    const lend = async (work: () => Promise<void>) => {
      await suspendTerminal(async () => {
        await letGo(stdin);
        await work();
      });
    };
    face.terminal = { lend, leave: (how: Farewell) => exit(how) };
  }, [face, exit, stdin, suspendTerminal]);
  // An insertion effect runs before Ink writes the frame of this very commit; any later one would be late.
  const { kind } = layoutOf(view);
  useInsertionEffect(() => face.arming.rendered(kind === 'small' ? null : factsShown(view)));

  if (kind === 'small')
    return <Text wrap="truncate-end">{`terminal too small: need ${least.cols}x${least.rows}`}</Text>;
  const Screen = view.mode.kind === 'help' || view.mode.kind === 'attached' ? Cover : Board;
  return (
    <Box flexDirection="column" width={view.size.cols} height={view.size.rows - 1}>
      <Screen face={face} view={view} />
    </Box>
  );
}
