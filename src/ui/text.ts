// Text measured as terminals do, and all that is done with it. What the first frame needs lies in widths.ts, which loads nothing.
import stringWidth from 'string-width';
import { measureWith } from './widths.ts';

measureWith(stringWidth);

export * from './widths.ts';
