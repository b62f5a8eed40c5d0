/** A labelled native slider: keyboard, touch and screen readers come with it; Escape restores, double-click resets. */
import { attributes, html, setText } from "./dom.ts";

export interface SliderOptions {
  label: string;
  min: number;
  max: number;
  step: number;
  format(value: number): string;
  changed(value: number, gesture: string): void;
  reset(): void;
  done(): void;
}

export class Slider {
  readonly element: HTMLElement;
  private readonly input: HTMLInputElement;
  private readonly output = html("output");

  constructor(private readonly options: SliderOptions) {
    const { label, min, max, step } = options;
    this.input = html("input", {
      type: "range",
      min: String(min),
      max: String(max),
      step: String(step),
    });
    this.element = html(
      "label",
      { class: "lv-slider" },
      html("span", {}, label),
      this.input,
      this.output,
    );
    this.listen();
  }

  show(value: number): void {
    if (Number(this.input.value) !== value) this.input.value = String(value);
    const text = this.options.format(value);
    setText(this.output, text);
    attributes(this.input, { "aria-valuetext": text });
  }

  bounds(min: number, max: number): void {
    attributes(this.input, { min: String(min), max: String(max) });
  }

  private listen(): void {
    let before = this.input.value;
    this.input.addEventListener("focus", () => (before = this.input.value));
    this.input.addEventListener("input", () =>
      this.options.changed(Number(this.input.value), "drag"),
    );
    this.input.addEventListener("change", () => this.options.done());
    this.input.addEventListener("dblclick", () => this.options.reset());
    this.input.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.options.changed(Number(before), "restore");
      event.stopPropagation(); // the notebook has shortcuts on arrows
    });
  }
}
