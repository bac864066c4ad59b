import { runActor } from '../src/io/thread/index.js';
import { memberAdmin } from '../src/store/index.js';

runActor(memberAdmin());
