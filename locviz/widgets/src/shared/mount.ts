/** What anywidget calls: every widget's `index.ts` is its name, its styles and its view. */
import { asker, LatestWins, type Question } from "./kernel.ts";
import type { Answer, CommonTraits } from "./messages.ts";
import type { Model, RenderContext } from "./model.ts";
import { createRoot, type Root, type RootOptions } from "./root.ts";

/** anywidget's entry: draw into `el`, return what undoes it. */
export interface Entry<Traits extends object> {
  render(context: RenderContext<Traits>): () => void;
}

type Show<Traits extends object> = (model: Model<Traits>, root: Root, signal: AbortSignal) => void;

/** The frame with whatever `show` puts into it, until it is undone. */
export function mounted<Traits extends CommonTraits>(
  options: RootOptions,
  show: Show<Traits>,
): Entry<Traits> {
  const render = ({ model, el }: RenderContext<Traits>) => {
    const stop = new AbortController();
    show(model, createRoot(el, model, options, stop.signal), stop.signal);
    return () => stop.abort();
  };
  return { render };
}

/** A view whose knobs travel with every question. */
type KnobView<Traits extends object, Asked extends Question, View> = new (
  model: Model<Traits>,
  root: Root,
  questions: LatestWins<Asked>,
  signal: AbortSignal,
) => View;

/** A widget with knobs (`KnobWidget` in Python); `answered` is for views that read the answers themselves. */
export function knobWidget<
  Traits extends CommonTraits,
  Asked extends Question,
  View,
  Replied extends Answer,
>(
  options: RootOptions,
  Made: KnobView<Traits, Asked, View>,
  answered: (view: View, answer: Replied, buffers: DataView[]) => void = () => {},
): Entry<Traits> {
  return mounted<Traits>(options, (model, root, signal) => {
    const wire = whileConnected(model, root);
    let view: View | undefined;
    const received = (...reply: [Replied, DataView[]]) => view && answered(view, ...reply);
    const questions = asker<Asked, Replied>(wire, received, signal);
    view = new Made(wire, root, questions, signal);
    root.onConnection((live) => live || questions.lost());
  });
}

/** The model, mute while no kernel listens: boxes can still be dragged, and nothing throws. */
function whileConnected<Traits extends object>(model: Model<Traits>, root: Root): Model<Traits> {
  return {
    get: (name) => model.get(name),
    set: (name, value) => model.set(name, value),
    save_changes: () => model.save_changes(),
    on: (event, callback) => model.on(event, callback),
    off: (event, callback) => model.off(event, callback),
    send: (...message) => void (root.connected() && model.send(...message)),
  };
}
