/** AssignLab: who is responsible for whom, under any assigner. */
import { type Answer, asker } from "../shared/kernel.ts";
import type { RenderContext } from "../shared/model.ts";
import { createRoot } from "../shared/root.ts";
import sceneCss from "../shared/scene.css";
import css from "./assignlab.css";
import { AssignLabView } from "./view.ts";

/** anywidget's entry: draw into `el`, return what undoes it. */
function render({ model, el }: RenderContext): () => void {
  const stop = new AbortController();
  const options = { name: "assignlab", label: "AssignLab: who is responsible for whom", css: sceneCss + css };
  const root = createRoot(el, model, options, stop.signal);
  let view: AssignLabView | undefined;
  const onAnswer = (answer: Answer, buffers: DataView[]) => view?.answered(answer, buffers);
  const questions = asker(model, onAnswer, stop.signal);
  view = new AssignLabView(model, root, questions, stop.signal);
  root.onConnection((live) => live || questions.lost());
  return () => stop.abort();
}

export default { render };
