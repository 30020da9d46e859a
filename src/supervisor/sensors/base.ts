// The sensor of the base branch: somebody else may move it.
import type { Sight, World } from '../contract.ts';

export async function readBase(world: World, sight: Sight): Promise<void> {
  const { pending, swarm } = sight.state();
  // While a change lands, the base moves under our own hands.
  if (!swarm || Object.values(pending).some(({ effect }) => effect.type === 'change.land')) return;
  const sha = await world.git.baseSha();
  const landing = Object.values(sight.state().pending).some(({ effect }) => effect.type === 'change.land');
  if (!landing && sha !== sight.state().swarm?.base.sha) await sight.dispatch({ type: 'base.moved', sha });
}
