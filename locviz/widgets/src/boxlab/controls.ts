/** The row under the picture, and the choice under the table: what a model predicts, in which units, what lies under the boxes, and the moves. */
import { attributes, button, html, setText } from "../shared/dom.ts";
import { targetUnit } from "../shared/descent.ts";
import { HintLine } from "./hints.ts";
import type { Landscape, Parametrisation, Units } from "./messages.ts";
import type { State } from "./state.ts";

export interface ControlHooks {
  change(change: Partial<State>): void;
  focal(shown: boolean): void;
  step(): void;
  descend(): void;
  race(): void;
  reset(): void;
}

// Records, so that a value which Python declares and nothing here names is an error.
const PARAMETRISATION: Record<Parametrisation, string> = {
  corners: "corners",
  center_size: "centre and size",
  offsets: "anchor offsets",
};
export const RESET = "Both boxes go back to where they started.";
const UNITS: Record<Units, string> = { pixels: "pixels", normalised: "normalised" };
const RATES = [0.01, 0.05, 0.1, 0.3];
const STEPS = [200, 500, 1000];
const LANDSCAPE: Record<Landscape, string> = {
  off: "none",
  center: "loss over centre",
  size: "loss over size",
};

export class Controls {
  readonly element: HTMLElement;
  /** Belongs under the table whose rows it shows. */
  readonly focalChoice: HTMLElement;
  private readonly parametrisation: HTMLSelectElement;
  private readonly units: HTMLSelectElement;
  private readonly landscape: HTMLSelectElement;
  private readonly rate: HTMLSelectElement;
  private readonly steps: HTMLSelectElement;
  private readonly focal = html("input", { type: "checkbox" });
  private readonly play: HTMLButtonElement;
  private readonly stepping: HTMLButtonElement;

  constructor(
    hooks: ControlHooks,
    private readonly hints: HintLine,
  ) {
    this.play = button("", hooks.descend, { class: "lv-primary" });
    this.stepping = button("Step", hooks.step);
    this.parametrisation = select(PARAMETRISATION, (parametrisation) =>
      hooks.change({ parametrisation }),
    );
    this.units = select(UNITS, (units) => hooks.change({ units }));
    this.landscape = select(LANDSCAPE, (landscape) => hooks.change({ landscape }));
    this.rate = select(numbered(RATES), (rate) => hooks.change({ learning_rate: Number(rate) }));
    this.steps = select(numbered(STEPS), (steps) => hooks.change({ race_steps: Number(steps) }));
    this.focal.addEventListener("change", () => hooks.focal(this.focal.checked));
    this.focalChoice = html("label", { class: "lv-check" }, this.focal, "focal variants");
    const [race, reset] = [button("Race all losses", hooks.race), button("Reset", hooks.reset)];
    this.explain(race, reset);
    this.element = html(
      "div",
      { class: "lv-controls" },
      html("label", {}, html("span", {}, "the model predicts"), this.parametrisation),
      html("label", {}, html("span", {}, "in"), this.units),
      html("label", {}, html("span", {}, "underlay"), this.landscape),
      html(
        "div",
        { class: "lv-moves" },
        html("label", {}, html("span", {}, "learning rate"), this.rate),
        html("label", {}, html("span", {}, "race steps"), this.steps),
        html("div", { class: "lv-buttons" }, this.stepping, this.play, race, reset),
      ),
      hints.element,
    );
  }

  private explain(race: HTMLElement, reset: HTMLElement): void {
    const words: [HTMLElement, string][] = [
      [this.parametrisation, "Which four numbers the model predicts. Gradients are by these numbers."],
      [this.units, "Whether the numbers are pixels, or shares of the picture's width and height."],
      [
        this.landscape,
        "Paints the chosen loss under the boxes, for every place of the centre or every size.",
      ],
      [this.rate, rateInWords(1)],
      [this.steps, "How many steps a race takes. Its learning rate falls to 0 on the way."],
      [this.stepping, "The prediction takes one step of gradient descent on the chosen loss."],
      [this.play, "The prediction takes step after step until you pause."],
      [
        race,
        "A copy of the prediction descends on every loss at once: watch all of them, and their IoU.",
      ],
      [reset, RESET],
      [this.focalChoice, "Two more rows: Focal-L1 and Focal-EIoU."],
    ];
    for (const [control, text] of words) this.hints.explain(control, text);
  }

  draw(state: State, playing: boolean, stuck: boolean): void {
    this.parametrisation.value = state.parametrisation;
    this.units.value = state.units;
    this.landscape.value = state.landscape;
    this.focal.checked = state.focal;
    chooseNumber(this.rate, state.learning_rate);
    chooseNumber(this.steps, state.race_steps);
    this.hints.reword(this.rate, rateInWords(targetUnit(state.target)));
    setText(this.play, playing ? "Pause" : "Descend");
    attributes(this.play, { disabled: stuck && !playing });
    attributes(this.stepping, { disabled: stuck });
  }
}

/** The unit of a step belongs to the learning rate, but has no room beside it. */
const rateInWords = (unit: number): string =>
  "One step subtracts learning rate × gradient. Lengths are then measured in target sizes: the " +
  `square root of the target's area, now ${Math.round(unit)} pixels, counts as 1.`;

const numbered = (values: number[]): Record<string, string> =>
  Object.fromEntries(values.map((value) => [String(value), String(value)]));

/** Python may have set a number that is not on offer: it joins the list. */
function chooseNumber(element: HTMLSelectElement, value: number): void {
  const known = [...element.options].some((option) => option.value === String(value));
  if (!known) element.append(html("option", { value: String(value) }, String(value)));
  element.value = String(value);
}

function select<Value extends string>(
  options: Record<Value, string>,
  chosen: (value: Value) => void,
): HTMLSelectElement {
  const entries = Object.entries<string>(options);
  const element = html(
    "select",
    {},
    ...entries.map(([value, text]) => html("option", { value }, text)),
  );
  element.addEventListener("change", () => chosen(element.value as Value));
  return element;
}
