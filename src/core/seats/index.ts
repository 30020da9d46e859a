// The lives of the seats, in the order in which they are served: what is begun is finished before new work starts.
import type { Life } from './contract.ts';
import type { SeatKind } from './kinds.ts';
import { planner } from './planner.ts';
import { reviewer } from './reviewer.ts';
import { worker } from './worker.ts';

export const lives: Readonly<Record<SeatKind, Life>> = { reviewer, planner, worker };
