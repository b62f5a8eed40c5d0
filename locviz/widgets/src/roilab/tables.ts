/** What the two layers say, bin by bin, beside what is exact. */
import { html, setText } from "../shared/dom.ts";
import { fixed } from "../shared/format.ts";

export class Table {
  readonly element: HTMLElement;
  private readonly body = html("tbody");
  private cells: { value: HTMLElement; error: HTMLElement }[] = [];

  constructor(
    kind: string,
    title: string,
    explanation: string,
    private readonly look: (bin: number) => void,
  ) {
    const caption = html("caption", {}, html("b", {}, title), " ", html("span", {}, explanation));
    this.element = html("table", { class: `lv-out lv-out-${kind}` }, caption, this.body);
    this.element.addEventListener("pointerover", (event) => this.look(binOf(event.target)));
    this.element.addEventListener("pointerleave", () => this.look(-1));
  }

  /** Show (n, n) values; with `exact`, how far each is from it too. */
  show(values: Float32Array, n: number, digits: number, exact?: Float32Array): void {
    if (this.cells.length !== n * n) this.build(n, exact !== undefined);
    this.cells.forEach(({ value, error }, k) => {
      setText(value, fixed(values[k], digits));
      if (exact) setText(error, signed(values[k] - exact[k], digits));
    });
  }

  private build(n: number, errors: boolean): void {
    this.cells = Array.from({ length: n * n }, () => ({
      value: html("span"),
      error: html("small"),
    }));
    const cell = ({ value, error }: { value: HTMLElement; error: HTMLElement }, k: number) =>
      html("td", { "data-bin": k }, value, ...(errors ? [error] : []));
    const row = (i: number) =>
      html(
        "tr",
        {},
        ...this.cells.slice(i * n, (i + 1) * n).map((parts, j) => cell(parts, i * n + j)),
      );
    this.body.replaceChildren(...Array.from({ length: n }, (_, i) => row(i)));
  }

  /** Light up one bin. */
  mark(bin: number): void {
    for (const cell of this.body.querySelectorAll("td"))
      cell.classList.toggle("lv-lit", Number(cell.dataset.bin) === bin);
  }
}

function binOf(target: EventTarget | null): number {
  const cell = target instanceof Element ? target.closest<HTMLElement>("td") : null;
  return cell ? Number(cell.dataset.bin) : -1;
}

/** An error with its sign; "0" without one where it rounds to nothing. */
export function signed(value: number, digits: number): string {
  const text = fixed(value, digits);
  return Number(text) === 0 ? text : value > 0 ? `+${text}` : text;
}
