import { nodeDisk } from '../src/io/disk/index.js';
import { blockThread, inSync, peerActivity, rests, runActor } from '../src/io/thread/index.js';
import { storeReplica } from '../src/store/index.js';

runActor(
  storeReplica({ disk: nodeDisk(inSync), block: blockThread, activityOf: peerActivity, rests }),
);
