/** BoxLab: drag a box and see every regression loss pull. */
import { floats } from "../shared/buffers.ts";
import handlesCss from "../shared/handles.css";
import { BOX_HELP } from "../shared/help.ts";
import { asker } from "../shared/kernel.ts";
import { isFocal } from "../shared/losses.ts";
import { listen, LocalModel } from "../shared/model.ts";
import { mounted } from "../shared/mount.ts";
import css from "./boxlab.css";
import controlsCss from "./controls.css";
import { PLAIN } from "./defaults.ts";
import lossesCss from "./losses.css";
import type { RaceAnswer, RaceQuestion } from "./messages.ts";
import raceCss from "./race.css";
import type { Traits } from "./state.ts";
import { BoxLabView } from "./view.ts";

const styles = handlesCss + css + lossesCss + controlsCss + raceCss;
const label = "BoxLab: drag a box, see every loss pull";
const options = { name: "boxlab", label, help: BOX_HELP, css: styles };
const entry = mounted<Traits>(options, (model, root, signal) => {
  const view = new BoxLabView(model, root, signal);
  const answered = (_: RaceAnswer, [ious]: DataView[]) => view.raceAnswered(floats(ious));
  const questions = asker<RaceQuestion, RaceAnswer>(model, answered, signal);
  view.askForRace = (question) => void questions.ask(question);
  listen(model, "change:result", () => view.resultArrived(), signal);
  listen(model, "change:raced", () => view.raceFromKernel(true), signal);
  view.raceFromKernel(false);
  root.onConnection(() => view.connectionChanged());
});

/** Show BoxLab on a page without a kernel: `mount(element, { loss: "iou" })`. */
export function mount(el: HTMLElement, traits: Partial<typeof PLAIN> = {}): () => void {
  const all = { ...PLAIN, focal: isFocal(traits.loss ?? PLAIN.loss), ...traits };
  const { target, prediction } = all;
  return entry.render({
    model: new LocalModel<Traits>({ ...all, initial: { target, prediction } }),
    el,
  });
}

export default entry;
