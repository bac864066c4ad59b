import { controllerManager } from '../src/controllers/index.js';
import { runActor } from '../src/io/thread/index.js';

runActor(controllerManager());
