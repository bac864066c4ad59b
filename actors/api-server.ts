import { apiServer } from '../src/apiserver/index.js';
import { runActor } from '../src/io/thread/index.js';

runActor(apiServer());
