/** AnchorLab: design anchors, drag a box, see what reaches it. */
import controlsCss from "../shared/controls.css";
import handlesCss from "../shared/handles.css";
import { asker } from "../shared/kernel.ts";
import type { RenderContext } from "../shared/model.ts";
import { createRoot } from "../shared/root.ts";
import sceneCss from "../shared/scene.css";
import { AnchorLabView } from "./view.ts";
import css from "./anchorlab.css";

/** anywidget's entry: draw into `el`, return what undoes it. */
function render({ model, el }: RenderContext): () => void {
  const stop = new AbortController();
  const options = { name: "anchorlab", label: "AnchorLab: which boxes a design of anchors reaches", css: sceneCss + handlesCss + controlsCss + css };
  const root = createRoot(el, model, options, stop.signal);
  const questions = asker(model, () => {}, stop.signal);
  new AnchorLabView(model, root, questions, stop.signal);
  root.onConnection((live) => live || questions.lost());
  return () => stop.abort();
}

export default { render };
