// A scripted model that does what the task rules ask of it.
import type { Reply, Scenario } from '../model-server/script.ts';

/**
 * Claims what is suggested, makes a file for each claim, hands in. The model may not answer
 * it any more once the file is made; told that its turn was cut off, it hands in what it finds.
 */
export const taskAgent = (answers = { afterTheFile: true }): Scenario => ({
  when: /\[oompa:[0-9a-f]{8}:w\d+\]/,
  replies(prompt): Reply[] {
    const claims = [...prompt.matchAll(/^### (\S+) \(\S+\.json\)$/gm)].map(([, id]) => id ?? '');
    const offered = /^- (\S+): .*\(suggested\)$/m.exec(prompt)?.[1];
    if (claims.length === 0) return [{ text: offered ? `I take ${offered}.\n\nCLAIM(${offered})` : 'Nothing to do.' }];
    const handIn = { text: 'Made.\n\nCOMPLETE_AND_READY_FOR_MERGE' };
    if (prompt.includes('was cut off'))
      return [{ text: 'I look.', calls: claims.map((id) => ({ read: `${id}.txt` })) }, handIn];
    return [
      { text: 'I make it.', calls: claims.map((id) => ({ write: `${id}.txt`, content: `${id} is done\n` })) },
      answers.afterTheFile ? handIn : { fail: { how: 'hang' } },
    ];
  },
});
