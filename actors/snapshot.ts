import { nodeDisk } from '../src/io/disk/index.js';
import { inSync, runActor } from '../src/io/thread/index.js';
import { snapshotSaver } from '../src/store/index.js';

runActor(snapshotSaver(nodeDisk(inSync)));
