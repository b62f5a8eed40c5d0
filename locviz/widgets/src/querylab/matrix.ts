/** Self-attention as a matrix: each row is a query and takes from the columns. */
import { floats } from "../shared/buffers.ts";
import { attributes, html, setText, svg } from "../shared/dom.ts";
import { placeIn } from "../shared/drag.ts";
import { hinted } from "../shared/hint_line.ts";
import { HINTS } from "./hints.ts";
import { keyOf, opacities } from "./marks.ts";
import type { Result } from "./messages.ts";

export class Matrix {
  readonly element: HTMLElement;
  private readonly picture = svg("svg", { class: "lv-matrix", role: "img" });
  private readonly cells = svg("g");
  private drawn = "";
  private readonly row = svg("rect", { class: "lv-row", x: 0, height: 1 });
  private readonly words = html("p", { class: "lv-takes" });

  constructor(
    private readonly num: number,
    pick: (query: number) => void,
    signal: AbortSignal,
  ) {
    attributes(this.picture, { viewBox: `0 0 ${num} ${num}` });
    hinted(this.picture, HINTS.matrix);
    attributes(this.row, { width: num });
    this.picture.append(svg("rect", { class: "lv-ground", width: num, height: num }), this.cells, this.row);
    const click = (event: MouseEvent) => {
      const [, y] = placeIn(this.picture, event);
      pick(Math.min(Math.max(Math.floor(y), 0), num - 1));
    };
    this.picture.addEventListener("click", click, { signal });
    this.element = html(
      "section",
      { class: "lv-between", "aria-label": "Self-attention" },
      html("h4", {}, "Self-attention"),
      html("p", { class: "lv-caption" }, "Each row takes from the columns."),
      this.picture,
      this.words,
    );
  }

  show({ between, takes, of }: Result): void {
    const key = keyOf(of.step, of.layer, of.head, of.query);
    if (key === this.drawn) return;
    this.drawn = key;
    const { num } = this;
    const cells = opacities(floats(between), num, 1).flatMap((opacity, i) =>
      opacity < 0.04
        ? []
        : [svg("rect", { class: "lv-take", x: i % num, y: Math.floor(i / num), width: 1, height: 1, "fill-opacity": opacity })],
    );
    this.cells.replaceChildren(...cells);
    attributes(this.picture, { "aria-label": takes });
    setText(this.words, takes.replace("Self-attention: q", "Q"));
  }

  choose(query: number): void {
    attributes(this.row, { y: query });
  }
}
