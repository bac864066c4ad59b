import { apiServer } from '../src/apiserver/index.js';
import { runActor, systemFigures } from '../src/io/thread/index.js';

runActor(apiServer({ actorFigures: systemFigures }));
