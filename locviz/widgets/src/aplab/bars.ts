/** AP at COCO's ten IoU thresholds: a bar each, which is also a button that chooses the threshold. */
import { attributes, html, setText } from "../shared/dom.ts";
import { fixed } from "../shared/format.ts";

export class Bars {
  readonly element: HTMLElement;
  private readonly title = html("h4", {});
  private readonly list = html("ol", { class: "lv-bars" });
  private readonly mean = html("p", { class: "lv-mean" });
  private rows: {
    iou: number;
    button: HTMLButtonElement;
    fill: HTMLElement;
    value: HTMLElement;
  }[] = [];

  constructor(private readonly choose: (iou: number) => void) {
    this.element = html(
      "div",
      { class: "lv-ten" },
      this.title,
      this.list,
      this.mean,
    );
  }

  /** `pooled` where all classes are looked at: a bar is then the mean of their APs, not AP of one ranking. */
  show(
    thresholds: readonly number[],
    aps: readonly (number | null)[],
    chosen: number,
    pooled: boolean,
  ): void {
    setText(this.title, `AP at COCO’s IoU thresholds${pooled ? ", mean of the classes" : ""}`);
    if (this.rows.length !== thresholds.length) this.build(thresholds);
    this.rows.forEach(({ iou, button, fill, value }, i) => {
      const ap = aps[i];
      fill.style.width = `${100 * (ap ?? 0)}%`;
      setText(value, ap === null ? "–" : fixed(ap, 2));
      attributes(button, { "aria-pressed": String(Math.abs(iou - chosen) < 1e-6) });
    });
    const known = aps.filter((ap) => ap !== null);
    const mean = known.reduce((sum, ap) => sum + ap, 0) / known.length;
    this.mean.replaceChildren(
      ...(known.length
        ? [html("b", {}, `mean ${fixed(mean, 3)}`), "is what COCO calls AP"]
        : ["nothing to find"]),
    );
  }

  private build(thresholds: readonly number[]): void {
    this.rows = thresholds.map((iou) => {
      const fill = html("i");
      const value = html("span");
      const button = html(
        "button",
        { type: "button", title: `Judge at IoU ${fixed(iou, 2)}` },
        html("b", {}, hidden("IoU "), fixed(iou, 2)),
        html("span", { class: "lv-track" }, fill),
        hidden("AP "),
        value,
      );
      button.addEventListener("click", () => this.choose(iou));
      return { iou, button, fill, value };
    });
    this.list.replaceChildren(...this.rows.map(({ button }) => html("li", {}, button)));
  }
}

function hidden(text: string): HTMLElement {
  return html("span", { class: "lv-hidden" }, text);
}
