// A scripted model that does what the task rules ask of it.
import type { Reply, Scenario } from '../model-server/script.ts';

/** Claims what is suggested, makes a file for each claim, hands in. */
export const taskAgent: Scenario = {
  when: /\[oompa:[0-9a-f]{8}:w\d+\]/,
  replies(prompt): Reply[] {
    const claims = [...prompt.matchAll(/^### (\S+) \(\S+\.json\)$/gm)].map(([, id]) => id ?? '');
    const offered = /^- (\S+): .*\(suggested\)$/m.exec(prompt)?.[1];
    if (claims.length > 0)
      return [
        { text: 'I make it.', calls: claims.map((id) => ({ write: `${id}.txt`, content: `${id} is done\n` })) },
        { text: 'Made.\n\nCOMPLETE_AND_READY_FOR_MERGE' },
      ];
    return [{ text: offered ? `I take ${offered}.\n\nCLAIM(${offered})` : 'Nothing to do.' }];
  },
};
