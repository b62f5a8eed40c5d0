/** Why the prior that is looked at is responsible for what it is responsible for: the kernel's words and numbers. */
import { html, setText, setVisible } from "../shared/dom.ts";
import { colourOf, letter } from "./marks.ts";
import type { Why } from "./messages.ts";
import { sign } from "./sign.ts";
import { cell } from "./state.ts";
import { drawnInWords, headline, sentence } from "./words.ts";

const HINT = "Point at a prior, or walk through the matrix with the arrows, to see why; a click keeps it.";

export class WhyCard {
  private readonly says = html("p", { class: "lv-why-says" });
  private readonly rule = html("p", { class: "lv-why-rule" });
  private readonly drawn = html("p", { class: "lv-why-drawn" });
  private readonly table = html("table", { class: "lv-why-table" });
  private readonly scroll = html("div", { class: "lv-scroll", tabindex: 0 }, this.table);
  readonly element = html("div", { class: "lv-why" }, this.says, this.rule, this.drawn, this.scroll);

  /** Show the reasons, those of the winner first; null where no prior is looked at. */
  show(why: Why | null): void {
    setText(this.says, why ? headline(why) : HINT);
    setText(this.rule, why?.rule ? sentence(why.rule) : "");
    setText(this.drawn, why ? drawnInWords(why) : "");
    setVisible(this.scroll, why !== null && why.verdicts.length > 0);
    if (!why) return;
    this.scroll.setAttribute("aria-label", `Reasons of prior ${why.prior}, object by object`);
    const titles = ["object", ...why.columns].map((title) => html("th", { scope: "col" }, title));
    const order = why.verdicts.map((_, i) => i);
    order.sort((a, b) => Number(why.verdicts[b].won) - Number(why.verdicts[a].won) || a - b);
    const rows = order.flatMap((index) => this.rows(why, index));
    this.table.replaceChildren(
      html("thead", {}, html("tr", {}, ...titles)),
      html("tbody", {}, ...rows),
    );
  }

  private rows({ verdicts, columns }: Why, index: number): HTMLElement[] {
    const { won, says, values } = verdicts[index];
    const head = html("th", { scope: "row" }, sign(index), ` ${letter(index)}`);
    head.style.setProperty("--lv-mark", colourOf(index));
    const numbers = values.map((value) => html("td", {}, written(value)));
    const look = won ? { class: "lv-won" } : {};
    const words = html("td", { colspan: columns.length + 1 }, sentence(says));
    return [
      html("tr", look, head, ...numbers),
      html("tr", { class: `lv-why-words${won ? " lv-won" : ""}` }, words),
    ];
  }
}

/** Ranks and counts are whole; what does not exist, or is as good as infinite, is a dash. */
function written(value: number | null): string {
  const whole = value !== null && Number.isInteger(value) && Math.abs(value) < 1e5;
  return whole ? String(value).replace("-", "−") : cell(value ?? Infinity);
}
