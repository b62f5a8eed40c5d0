/** APLab: drag the score threshold along the precision-recall curve. */
import controlsCss from "../shared/controls.css";
import { SLIDER_HELP } from "../shared/help.ts";
import { knobWidget } from "../shared/mount.ts";
import sceneCss from "../shared/scene.css";
import css from "./aplab.css";
import { APLabView } from "./view.ts";

const label = "APLab: what average precision is the area of";
const help = [
  ["Drag", "moves the point along the curve: that is the score threshold"],
  ["Arrow keys", "take the point to the next detection, with Shift ten further"],
  ["Escape", "takes back what the mouse or the keys did since the point got the focus"],
  ["Double-click", "puts the point back where it started"],
  SLIDER_HELP,
] as const;
export default knobWidget(
  { name: "aplab", label, help, css: sceneCss + controlsCss + css },
  APLabView,
);
