// How fast the scripted agent works: `--speed N`, else OOMPA_DEMO_SPEED, else 1. 2 is twice as fast; 0 or `fast` never waits.
export function readSpeed(args, env) {
  const at = args.findIndex((arg) => arg === '--speed' || arg.startsWith('--speed='));
  const given =
    at < 0 ? env.OOMPA_DEMO_SPEED : args[at].includes('=') ? args[at].slice('--speed='.length) : args[at + 1];
  if (given === undefined || given === '') return 1;
  const speed = given === 'fast' ? 0 : Number(given);
  if (Number.isFinite(speed) && speed >= 0) return speed;
  process.stderr.write(`the speed is ${given}; expected a number such as 1 or 2.5, or "fast"\n`);
  process.exit(64);
}
