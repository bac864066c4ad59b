import type { ThreadActorSystem } from '../io/thread/index.js';
import { storeLeader } from './cluster-status.js';
import { OperatingError } from './failure.js';

/** The actor that is meant: an id, `store-leader` or `store-follower`. */
export async function resolveTarget(system: ThreadActorSystem, target: string): Promise<string> {
  if (target !== 'store-leader' && target !== 'store-follower') return target;
  const leader = await storeLeader(system);
  if (leader === null)
    throw new OperatingError('the store has no leader at this moment; try again');
  if (target === 'store-leader') return leader;
  const follower = system
    .actors()
    .find(
      (actor) => actor.component === 'store' && actor.id !== leader && actor.state === 'running',
    );
  if (follower === undefined) throw new OperatingError('no follower is running');
  return follower.id;
}
