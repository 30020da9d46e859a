// An agent that says and writes everything which has been seen to break a terminal program. Its texts come from ~/texts.json.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

const texts = JSON.parse(readFileSync(`${process.env.HOME}/texts.json`, 'utf8'));
const [bad] = texts;

process.stdout.write(Buffer.from([0x6f, 0xff, 0xfe, 0x9b, 0x32, 0x4a, 0xc0, 0x80, 0x0a]));
process.stderr.write(`stderr-mark ${texts.join('\n')}\n`);
for (const text of texts) process.stdout.write(`output-mark ${text}\n`);
process.stdout.write(`last-mark ${bad}\n\n`);
if (!/^## Your claims$/m.test(readFileSync(0, 'utf8'))) process.stdout.write('CLAIM(green)\n');
else {
  writeFileSync(`file-mark${bad}.txt`, `content-mark ${texts.join('\ncontent-mark ')}\n`);
  // A commit of its own, with a message of its own.
  execFileSync('git', ['add', '-A']);
  execFileSync('git', [
    '-c',
    'user.name=x',
    '-c',
    'user.email=x@x',
    'commit',
    '--allow-empty',
    '-qm',
    `message-mark ${bad}`,
  ]);
  writeFileSync('more.txt', `content-mark ${bad} ${Date.now()}\n`);
  process.stdout.write('COMPLETE_AND_READY_FOR_MERGE\n');
}
