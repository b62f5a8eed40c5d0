/** BoxLab: drag a box and see every regression loss pull. */
import { asker, floats } from "../shared/kernel.ts";
import { listen, LocalModel, type Model, type RenderContext } from "../shared/model.ts";
import { isFocal, type LossName } from "../shared/losses.ts";
import handlesCss from "../shared/handles.css";
import { createRoot } from "../shared/root.ts";
import { BoxLabView } from "./view.ts";
import css from "./boxlab.css";

/** anywidget's entry: draw into `el`, return what undoes it. */
function render({ model, el }: RenderContext): () => void {
  const stop = new AbortController();
  show(model, el, stop.signal);
  return () => stop.abort();
}

function show(model: Model, el: HTMLElement, signal: AbortSignal): void {
  const root = createRoot(el, model, { name: "boxlab", label: "BoxLab: drag a box, see every loss pull", css: handlesCss + css }, signal);
  const view = new BoxLabView(model, root, signal);
  const questions = asker(model, (_, [ious]) => view.raceAnswered(floats(ious)), signal);
  view.askForRace = (question) => void questions.ask(question);
  listen(model, "change:result", () => view.resultArrived(), signal);
  listen(model, "change:raced", () => view.raceFromKernel(true), signal);
  view.raceFromKernel(false);
  root.onConnection(() => view.connectionChanged());
}

const PLAIN = {
  target: [90, 80, 210, 200],
  prediction: [170, 135, 310, 235],
  anchor: [140, 90, 260, 210],
  size: [300, 400], // height, width
  loss: "giou" as LossName,
  parametrisation: "corners",
  units: "pixels",
  landscape: "off",
  learning_rate: 0.05,
  race_steps: 200,
  scale: 1,
  seq: 0,
  last_error: "",
};

/** Show BoxLab on a page without a kernel: `mount(element, { loss: "iou" })`. */
export function mount(el: HTMLElement, traits: Partial<typeof PLAIN & { focal: boolean }> = {}): () => void {
  const all = { ...PLAIN, focal: isFocal(traits.loss ?? PLAIN.loss), ...traits };
  const model = new LocalModel({ ...all, initial: { target: all.target, prediction: all.prediction } });
  return render({ model, el });
}

export default { render };
