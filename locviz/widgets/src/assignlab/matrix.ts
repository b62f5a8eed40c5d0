/** Priors against objects: a table whose cells and the scene light each other up, by pointer and by keyboard. */
import { attributes, html, setText } from "../shared/dom.ts";
import { HINTS } from "./hints.ts";
import { colourOf, letter } from "./marks.ts";
import type { Spot } from "./scene.ts";
import { sign } from "./sign.ts";
import { cell, type Matrix, shades } from "./state.ts";

export interface MatrixHooks {
  describe(prior: number): string;
  hover(spot: Spot): void;
}

export interface Shown extends Matrix {
  measure: string;
  /** Who each row's prior is responsible for. */
  owners: ArrayLike<number>;
  /** A last column's title and numbers, such as what each prior receives. */
  total?: { title: string; values: ArrayLike<number> };
  /** The last column of the values is background. */
  background?: boolean;
}

const STEPS: Record<string, [number, number]> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

export class MatrixView {
  readonly element: HTMLElement;
  private readonly caption = html("h4", {});
  private readonly head = html("tr");
  private readonly body = html("tbody");
  private readonly table: HTMLTableElement;
  private rows: {
    row: HTMLTableRowElement;
    head: HTMLTableCellElement;
    cells: HTMLTableCellElement[];
    drawn: string[];
  }[] = [];
  private shown: Shown | null = null;
  private columns = "";
  private at: [number, number] = [0, 0];

  constructor(
    private readonly hooks: MatrixHooks,
    signal: AbortSignal,
  ) {
    this.table = html(
      "table",
      { class: "lv-matrix", role: "grid" },
      html("thead", {}, this.head),
      this.body,
    );
    this.element = html(
      "div",
      { class: "lv-matrix-box" },
      this.caption,
      html("div", { class: "lv-scroll" }, this.table),
    );
    this.table.addEventListener("pointerover", (event) => this.hover(event.target), { signal });
    this.table.addEventListener("pointerleave", () => hooks.hover({ prior: -1, object: -1 }), {
      signal,
    });
    this.table.addEventListener("focusin", (event) => this.focused(event.target), { signal });
    this.table.addEventListener("focusout", () => hooks.hover({ prior: -1, object: -1 }), {
      signal,
    });
    this.table.addEventListener("keydown", (event) => this.walk(event), { signal });
  }

  show(shown: Shown, title: string): void {
    this.shown = shown;
    setText(this.caption, title);
    attributes(this.table, { "aria-label": title, "aria-description": HINTS.matrix });
    const { rows, columns, values, owners } = shown;
    const wide = columns + (shown.total ? 1 : 0);
    this.build(rows.length, wide, shown);
    const shade = shades(values, shown.measure);
    rows.forEach((prior, r) => {
      const line = this.rows[r];
      const owner = owners[r];
      setText(
        line.head.firstChild as Element,
        owner >= 0 ? letter(owner) : owner === -2 ? "ignored" : "–",
      );
      setText(line.head.lastChild as Element, String(prior));
      attributes(line.head, { title: this.hooks.describe(prior) });
      line.head.style.setProperty("--lv-mark", owner >= 0 ? colourOf(owner) : "var(--lv-soft)");
      line.cells.forEach((td, c) => {
        const total = c === columns;
        const value = total ? shown.total!.values[r] : values[r * columns + c];
        const text = cell(value, total ? "cost" : shown.measure);
        const dark = total ? 0 : Math.round(40 * shade[r * columns + c]);
        const own = !total && owner === c;
        const now = `${text} ${dark} ${own}`;
        if (line.drawn[c] === now) return; // a thousand style changes a second are not free
        line.drawn[c] = now;
        td.style.setProperty(
          "--lv-mark",
          shown.background && c === columns - 1 ? "var(--lv-soft)" : colourOf(c),
        );
        setText(td, text);
        td.style.setProperty("--lv-shade", `${dark}%`);
        td.classList.toggle("lv-owner", own);
      });
    });
    this.keepStop();
  }

  /** Light the row of a prior and the column of an object. */
  highlight({ prior, object }: Spot): void {
    this.rows.forEach(({ row, cells }, r) => {
      row.classList.toggle("lv-lit", prior >= 0 && this.shown?.rows[r] === prior);
      cells.forEach((td, c) => td.classList.toggle("lv-column", prior < 0 && c === object));
    });
  }

  private build(rows: number, wide: number, shown: Shown): void {
    const columns = `${wide} ${shown.total?.title ?? ""} ${shown.background ?? false}`;
    if (columns !== this.columns) {
      this.columns = columns;
      this.rows = [];
      this.body.replaceChildren();
      const objects = shown.columns - (shown.background ? 1 : 0);
      const heads = Array.from({ length: objects }, (_, i) => {
        const head = html("th", { scope: "col" }, sign(i), letter(i));
        head.style.setProperty("--lv-mark", colourOf(i));
        return head;
      });
      if (shown.background) heads.push(html("th", { scope: "col", title: "background" }, "none"));
      if (shown.total) heads.push(html("th", { scope: "col" }, shown.total.title));
      this.head.replaceChildren(html("th", { scope: "col" }, "prior"), ...heads);
    }
    while (this.rows.length > rows) this.rows.pop()!.row.remove();
    while (this.rows.length < rows) this.rows.push(this.line(wide));
  }

  private line(wide: number) {
    const head = html("th", { scope: "row" }, html("b", {}), html("span", {}));
    const cells = Array.from({ length: wide }, () => html("td", { tabindex: -1 }));
    const row = html("tr", {}, head, ...cells);
    this.body.append(row);
    return { row, head, cells, drawn: [] as string[] };
  }

  /** One cell is a Tab stop; arrows walk from there. */
  private keepStop(): void {
    const [r, c] = [
      Math.min(this.at[0], this.rows.length - 1),
      Math.min(this.at[1], (this.rows[0]?.cells.length ?? 1) - 1),
    ];
    this.at = [Math.max(r, 0), Math.max(c, 0)];
    this.rows.forEach(({ cells }, i) =>
      cells.forEach((td, j) => {
        const stop = i === this.at[0] && j === this.at[1];
        if (td.tabIndex !== (stop ? 0 : -1)) td.tabIndex = stop ? 0 : -1;
      }),
    );
  }

  private find(target: EventTarget | null): [number, number] {
    const r = this.rows.findIndex(({ row }) => row.contains(target as Node));
    const c =
      r < 0
        ? -1
        : this.rows[r].cells.indexOf((target as Element).closest("td") as HTMLTableCellElement);
    return [r, c];
  }

  private spot([r, c]: [number, number]): Spot {
    const { rows, columns, background } = this.shown!;
    const objects = columns - (background ? 1 : 0);
    return { prior: r >= 0 ? rows[r] : -1, object: c >= 0 && c < objects ? c : -1 };
  }

  private hover(target: EventTarget | null): void {
    if (!this.shown) return;
    const at = this.find(target);
    const head = (target as Element).closest?.("thead th");
    if (at[0] >= 0) this.hooks.hover(this.spot(at));
    else if (head)
      this.hooks.hover(this.spot([-1, Array.from(this.head.children).indexOf(head) - 1]));
  }

  private focused(target: EventTarget | null): void {
    const at = this.find(target);
    if (at[0] < 0 || at[1] < 0) return;
    this.at = at;
    this.keepStop();
    this.hooks.hover(this.spot(at));
  }

  private walk(event: KeyboardEvent): void {
    const step = STEPS[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    const times = event.shiftKey ? 10 : 1;
    const r = Math.min(Math.max(this.at[0] + step[0] * times, 0), this.rows.length - 1);
    const c = Math.min(Math.max(this.at[1] + step[1] * times, 0), this.rows[r].cells.length - 1);
    this.rows[r].cells[c].focus();
  }
}
