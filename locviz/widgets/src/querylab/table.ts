/** Which query is responsible for which object, a row per object and a column per decoder layer. */
import { attributes, button, html } from "../shared/dom.ts";
import { hinted } from "../shared/hint_line.ts";
import { HINTS } from "./hints.ts";
import { cellWords, keyOf } from "./marks.ts";
import type { Result, Scene } from "./messages.ts";

export class MatchTable {
  readonly element: HTMLElement;
  private readonly cells: HTMLElement[][];
  private readonly buttons: HTMLButtonElement[][];
  private result: Result | null = null;
  private drawn = "";
  private chosen = "";

  constructor(
    private readonly info: Scene,
    pick: (query: number, layer: number) => void,
  ) {
    const layers = Array.from({ length: info.layers }, (_, layer) => layer);
    this.buttons = info.objects.map((_, i) =>
      layers.map((layer) =>
        hinted(
          button("", () => {
            const query = this.result?.matches[i][layer].queries[0];
            if (query !== undefined) pick(query, layer);
          }),
          HINTS.cell,
        ),
      ),
    );
    this.cells = this.buttons.map((row) => row.map((one) => html("td", {}, one)));
    const head = html("tr", {}, html("th", { scope: "col" }, "object"), ...layers.map((layer) => html("th", { scope: "col" }, `layer ${layer + 1}`)));
    const rows = info.objects.map((name, i) => html("tr", {}, html("th", { scope: "row" }, name), ...this.cells[i]));
    const marks = ["* another query than in the layer before", ...(info.steps.length > 1 ? ["′ another query than a step before"] : [])];
    this.element = html(
      "section",
      { class: "lv-matches", "aria-label": "Match" },
      html("h4", {}, "Matched query"),
      html("table", {}, html("thead", {}, head), html("tbody", {}, ...rows)),
      ...marks.map((text) => html("p", { class: "lv-caption" }, text)),
    );
  }

  show(result: Result): void {
    this.result = result;
    const key = keyOf(result.of.step);
    if (key === this.drawn) return;
    this.drawn = key;
    result.matches.forEach((row, i) =>
      row.forEach(({ queries, flipped, since }, layer) => {
        const one = this.buttons[i][layer];
        one.textContent = cellWords(queries, flipped, since);
        const changed = `${flipped ? ", another one than in the layer before" : ""}${since ? ", another one than a step before" : ""}`;
        const who = queries.length ? `query ${queries.join(", ")}` : "no query";
        attributes(one, { "aria-label": `${this.info.objects[i]}, layer ${layer + 1}: ${who}${changed}` });
        one.disabled = queries.length === 0;
        this.cells[i][layer].className = flipped || since ? "lv-flipped" : "";
      }),
    );
  }

  choose(query: number, layer: number): void {
    const key = `${this.drawn} ${keyOf(query, layer)}`;
    if (key === this.chosen) return;
    this.chosen = key;
    this.buttons.forEach((row, i) =>
      row.forEach((one, at) => {
        const here = at === layer && (this.result?.matches[i][at].queries.includes(query) ?? false);
        attributes(one, { "aria-pressed": String(here) });
        this.cells[i][at].classList.toggle("lv-now", at === layer);
      }),
    );
  }
}
