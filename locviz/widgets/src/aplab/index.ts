/** APLab: drag the score threshold along the precision-recall curve. */
import controlsCss from "../shared/controls.css";
import { asker } from "../shared/kernel.ts";
import type { RenderContext } from "../shared/model.ts";
import { createRoot } from "../shared/root.ts";
import sceneCss from "../shared/scene.css";
import { APLabView } from "./view.ts";
import css from "./aplab.css";

/** anywidget's entry: draw into `el`, return what undoes it. */
function render({ model, el }: RenderContext): () => void {
  const stop = new AbortController();
  const options = { name: "aplab", label: "APLab: what average precision is the area of", css: sceneCss + controlsCss + css };
  const root = createRoot(el, model, options, stop.signal);
  const questions = asker(model, () => {}, stop.signal);
  new APLabView(model, root, questions, stop.signal);
  root.onConnection((live) => live || questions.lost());
  return () => stop.abort();
}

export default { render };
