/** One method's side: what its step did, its picture, what it got wrong, and score against IoU. */
import type { Box } from "../shared/boxes.ts";
import { html, setText, setVisible } from "../shared/dom.ts";
import type { Photo } from "../shared/messages.ts";
import type { Agreement, FindingKind, Scene, Side } from "./messages.ts";
import { Scatter, type ScatterHooks } from "./scatter.ts";
import { CandidateScene, type SceneHooks } from "./scene.ts";

const SIGNS: Record<FindingKind, string> = { lost: "!", missed: "○", wrong: "✗", repeated: "2×", fine: "✓" };

export class Panel {
  readonly element: HTMLElement;
  readonly scene: CandidateScene;
  readonly scatter: Scatter;
  private readonly title = html("h4");
  private readonly step = html("p", { class: "lv-step" });
  private readonly counts = html("p", { class: "lv-counts" });
  private readonly findings = html("ul", { class: "lv-findings" });

  constructor(
    private readonly info: Scene,
    photo: Photo,
    index: number,
    hooks: SceneHooks & ScatterHooks,
    signal: AbortSignal,
  ) {
    this.scene = new CandidateScene(info, photo, hooks, signal);
    this.scatter = new Scatter(info.classes.length, hooks, signal);
    this.element = html(
      "section",
      { class: `lv-panel lv-panel-${index}`, "aria-label": index ? "What the second method does" : "What the method does" },
      html("div", { class: "lv-says" }, this.title, this.step),
      html("div", { class: "lv-stage" }, this.scene.element),
      html("div", { class: "lv-verdict" }, this.counts, this.findings),
      this.scatter.element,
    );
  }

  show(side: Side, sent: readonly Box[], agreement: Agreement, scores: readonly number[]): void {
    const entry = this.info.methods.find(({ name }) => name === side.method)!;
    setText(this.title, entry.title);
    setText(this.step, side.steps ? side.words : entry.says);
    setText(this.counts, side.counts);
    this.findings.replaceChildren(
      ...side.findings.map(({ kind, words }) =>
        html("li", { class: `lv-finding-${kind}` }, html("b", { "aria-hidden": "true" }, SIGNS[kind]), html("span", {}, words)),
      ),
    );
    this.scene.show(side, sent, `${entry.title}: ${side.counts}`);
    this.scatter.show(side, agreement, scores);
  }

  setVisible(visible: boolean): void {
    setVisible(this.element, visible);
  }

  highlight(row: number): void {
    this.scene.highlight(row);
    this.scatter.highlight(row);
  }
}
