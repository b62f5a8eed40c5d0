/** FocalLab: gamma, alpha, and what easy negatives weigh in a real batch. */
import controlsCss from "../shared/controls.css";
import { SLIDER_HELP } from "../shared/help.ts";
import { knobWidget } from "../shared/mount.ts";
import css from "./focallab.css";
import { FocalLabView } from "./view.ts";

const label = "FocalLab: what easy negatives weigh under focal loss";
const help = [
  ["Drag", "moves the line of one prediction, or the border of the easy negatives"],
  ["Arrow keys", "move it by one step, with Shift by ten"],
  ["Escape", "takes back what the mouse or the keys did since it got the focus"],
  ["Double-click", "puts it back where it started"],
  SLIDER_HELP,
] as const;
export default knobWidget({ name: "focallab", label, help, css: controlsCss + css }, FocalLabView);
