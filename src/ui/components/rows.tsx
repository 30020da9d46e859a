// Rows of text as Ink elements, one each: that is what costs Ink least. A row that is the same is not drawn again.
import { Box, Text } from 'ink';
import { memo } from 'react';

const Row = memo(({ text }: { text: string }) => <Text wrap="truncate-end">{text || ' '}</Text>);

/** `rows` must be as wide as they shall be; they are cut at `width`. */
export function Rows({ rows, width }: { rows: readonly string[]; width: number }) {
  return (
    <Box flexDirection="column" width={width} flexShrink={0}>
      {rows.map((text, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place on the screen
        <Row key={at} text={text} />
      ))}
    </Box>
  );
}
