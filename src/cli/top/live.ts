import { openInkScreen } from './ink-screen.js';
import { EMPTY_MODEL, type TopModel } from './model.js';
import type { Sample } from './sample.js';
import type { TopSource } from './source.js';
import { update, type Effect, type TopEvent } from './update.js';

const REFRESH_MS = 1000;

/** Until `q`. A daemon that ends or restarts meanwhile is waited for. */
export async function live(
  source: TopSource,
  first: Sample,
  { colour }: { readonly colour: boolean },
): Promise<void> {
  let model: TopModel = update(EMPTY_MODEL, { type: 'sampled', sample: first }).model;
  let quit = (): void => undefined;
  const ended = new Promise<void>((resolve) => (quit = resolve));
  const happened = (event: TopEvent): void => {
    const step = update(model, event);
    model = step.model;
    screen.redraw();
    act(step.effect);
  };
  const screen = openInkScreen({
    colour,
    model: () => model,
    pressed: (key) => happened({ type: 'key', key }),
  });

  let looking = false;
  const look = async (): Promise<void> => {
    // An answer that takes longer than a second is waited for: its age is shown.
    if (looking) return;
    looking = true;
    const { view } = model;
    const event = await source.look(view).then(
      (sample): TopEvent => ({ type: 'sampled', sample }),
      (error: unknown): TopEvent => ({ type: 'lost', message: messageOf(error) }),
    );
    looking = false;
    happened(event);
    if (view !== model.view) void look();
  };
  const act = (effect: Effect): void => {
    switch (effect.type) {
      case 'none':
        break;
      case 'quit':
        quit();
        break;
      case 'refresh':
        void look();
        break;
      case 'kill':
        void source
          .kill(effect.actor)
          .catch(messageOf)
          .then((message) => {
            happened({ type: 'told', message });
          });
        break;
      default:
        effect satisfies never;
    }
  };
  const timer = setInterval(() => {
    happened({ type: 'tick', nowMs: performance.now() });
    void look();
  }, REFRESH_MS);
  process.once('SIGTERM', quit).once('SIGHUP', quit);
  await ended;
  clearInterval(timer);
  screen.close();
  source.close();
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
