/** AssignLab: who is responsible for whom, under any assigner. */
import { type Answer, asker } from "../shared/kernel.ts";
import type { Model, RenderContext } from "../shared/model.ts";
import { createRoot, type Root } from "../shared/root.ts";
import sceneCss from "../shared/scene.css";
import css from "./assignlab.css";
import { AssignLabView } from "./view.ts";

/** The model, mute while no kernel listens: boxes can still be dragged, and nothing throws. */
function whileConnected(model: Model, root: Root): Model {
  return {
    get: (name) => model.get(name),
    set: (name, value) => model.set(name, value),
    save_changes: () => model.save_changes(),
    on: (event, callback) => model.on(event, callback),
    off: (event, callback) => model.off(event, callback),
    send: (...message) => void (root.connected() && model.send(...message)),
  };
}

/** anywidget's entry: draw into `el`, return what undoes it. */
function render({ model, el }: RenderContext): () => void {
  const stop = new AbortController();
  const options = { name: "assignlab", label: "AssignLab: who is responsible for whom", css: sceneCss + css };
  const root = createRoot(el, model, options, stop.signal);
  const wire = whileConnected(model, root);
  let view: AssignLabView | undefined;
  const onAnswer = (answer: Answer, buffers: DataView[]) => view?.answered(answer, buffers);
  const questions = asker(wire, onAnswer, stop.signal);
  view = new AssignLabView(wire, root, questions, stop.signal);
  root.onConnection((live) => live || questions.lost());
  return () => stop.abort();
}

export default { render };
