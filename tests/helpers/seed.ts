// One seed for all property tests, so that a run of the suite says the same twice. FC_SEED=<n> looks elsewhere.
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env.FC_SEED ?? 20_261_121) });
