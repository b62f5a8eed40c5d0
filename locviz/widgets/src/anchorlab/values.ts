/** A set of numbers to design: a logarithmic slider each, one to leave out, one to add. */
import { attributes, html } from "../shared/dom.ts";
import { hinted } from "../shared/hint_line.ts";
import { Slider } from "../shared/slider.ts";
import { HINTS } from "./hints.ts";
import { another, plain, unlog } from "./lattice.ts";

export interface ValuesOptions {
  /** "scale" or "ratio". */
  one: string;
  title: string;
  low: number;
  high: number;
  most: number;
  read(): readonly number[];
  changed(values: number[], gesture: string): void;
  reset(): void;
  done(): void;
}

export class Values {
  readonly element: HTMLElement;
  private readonly list = html("ul", { class: "lv-values" });
  private readonly add: HTMLButtonElement;
  private rows: { slider: Slider; remove: HTMLButtonElement }[] = [];

  constructor(private readonly options: ValuesOptions) {
    this.add = html("button", { type: "button", class: "lv-add" }, `+ ${options.one}`);
    this.add.addEventListener("click", () =>
      this.put([...options.read(), another(options.read(), options.high)], "add"),
    );
    this.element = html(
      "div",
      { class: "lv-set" },
      html("div", { class: "lv-set-head" }, html("h4", {}, options.title), hinted(this.add, HINTS.add)),
      this.list,
    );
  }

  show(values: readonly number[]): void {
    if (values.length !== this.rows.length) this.build(values.length);
    this.rows.forEach(({ slider, remove }, i) => {
      slider.show(Math.log2(values[i]));
      attributes(remove, {
        disabled: values.length === 1,
        "aria-label": `Leave out ${this.options.one} ${plain(values[i])}`,
      });
    });
    attributes(this.add, { disabled: values.length >= this.options.most });
  }

  private put(values: number[], gesture: string): void {
    this.options.changed(values, gesture);
    this.options.done();
  }

  private build(length: number): void {
    const { one, low, high, read, changed, reset, done } = this.options;
    this.rows = Array.from({ length }, (_, i) => {
      const replaced = (logarithm: number) =>
        read().map((old, k) => (k === i ? unlog(logarithm) : old));
      const slider = new Slider({
        label: `${one} ${i + 1}`,
        min: Math.log2(low),
        max: Math.log2(high),
        step: 1 / 16,
        format: (logarithm) => plain(unlog(logarithm)),
        changed: (logarithm, gesture) => changed(replaced(logarithm), gesture),
        reset,
        done,
      });
      const remove = html("button", { type: "button", class: "lv-remove" }, "×");
      remove.addEventListener("click", () =>
        this.put(
          read().filter((_, k) => k !== i),
          "remove",
        ),
      );
      hinted(slider.element, one === "scale" ? HINTS.scales : HINTS.ratios);
      return { slider, remove: hinted(remove, HINTS.remove) };
    });
    this.list.replaceChildren(
      ...this.rows.map(({ slider, remove }) => html("li", {}, slider.element, remove)),
    );
  }
}
