/** RoILab: drag a region; RoIPool rounds it, RoIAlign samples it. */
import controlsCss from "../shared/controls.css";
import handlesCss from "../shared/handles.css";
import { asker } from "../shared/kernel.ts";
import type { RenderContext } from "../shared/model.ts";
import { createRoot } from "../shared/root.ts";
import { RoILabView } from "./view.ts";
import css from "./roilab.css";

/** anywidget's entry: draw into `el`, return what undoes it. */
function render({ model, el }: RenderContext): () => void {
  const stop = new AbortController();
  const options = { name: "roilab", label: "RoILab: what RoIPool rounds and RoIAlign samples", css: handlesCss + controlsCss + css };
  const root = createRoot(el, model, options, stop.signal);
  const questions = asker(model, () => {}, stop.signal);
  new RoILabView(model, root, questions, stop.signal);
  root.onConnection((live) => live || questions.lost());
  return () => stop.abort();
}

export default { render };
