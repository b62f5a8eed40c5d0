/** A polite live region that reads at most one text per pause, the newest. */
import { html, setText } from "./dom.ts";

export interface LiveRegion {
  element: HTMLElement;
  say(text: string): void;
}

export function liveRegion(signal: AbortSignal, pauseMs = 700): LiveRegion {
  const element = html("div", { class: "lv-hidden", "aria-live": "polite", "aria-atomic": "true" });
  let timer: ReturnType<typeof setTimeout> | undefined;
  let next = "";
  const say = (text: string) => {
    next = text;
    timer ??= setTimeout(() => {
      timer = undefined;
      setText(element, next);
    }, pauseMs);
  };
  signal.addEventListener("abort", () => clearTimeout(timer));
  return { element, say };
}
