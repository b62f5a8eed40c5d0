/** What IoU is made of, for the simple lab: both boxes, what they share, and what they cover together. */
import { area, areas, type Box } from "../shared/boxes.ts";
import { html, setText } from "../shared/dom.ts";
import { fixed } from "../shared/format.ts";

const LINES = ["target", "prediction", "intersection", "union", "intersection / union"] as const;

export class Areas {
  readonly element = html("dl", { class: "lv-areas" });
  private readonly values = LINES.map(() => html("dd"));

  constructor() {
    LINES.forEach((line, i) => this.element.append(html("dt", {}, line), this.values[i]));
  }

  draw(target: Box, prediction: Box, iou: number): void {
    const [shared, union] = areas(target, prediction);
    const sizes = [area(target), area(prediction), shared, union].map((size) => pixels(size));
    [...sizes, fixed(iou, 3)].forEach((text, i) => setText(this.values[i], text));
  }
}

/** "14,400 px²" */
export const pixels = (size: number): string =>
  `${Math.round(size).toLocaleString("en-US")} px²`;
