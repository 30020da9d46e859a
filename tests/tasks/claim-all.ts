// Claims every task named on stdin (one id a line), some at a time, when the gate file appears; says which it won.
import { existsSync, readFileSync } from 'node:fs';
import { createBoard } from '../../src/tasks/board.ts';

const [folder = '', gate = '', sync = 'no'] = process.argv.slice(2);
const ids = readFileSync(0, 'utf8').trim().split('\n');
const board = createBoard(folder, { sync: sync === 'sync' });
console.log('ready');
while (!existsSync(gate)) await new Promise(setImmediate);
const won: string[] = [];
const began = performance.now();
for (let at = 0; at < ids.length; at += 7) won.push(...(await board.claim(ids.slice(at, at + 7))).claimed);
console.log(JSON.stringify({ won, ms: performance.now() - began }));
