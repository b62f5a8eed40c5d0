/** AssignLab: which prior is responsible for which object, under any assigner. */
import { BOX_HELP, SLIDER_HELP } from "../shared/help.ts";
import { knobWidget } from "../shared/mount.ts";
import sceneCss from "../shared/scene.css";
import css from "./assignlab.css";
import matrixCss from "./matrix.css";
import type { FilmAnswer } from "./messages.ts";
import { AssignLabView } from "./view.ts";

const label = "AssignLab: who is responsible for whom";
const help = [
  ...BOX_HELP,
  ["Point", "at a prior, an object or a cell of the matrix to see who is responsible"],
  ["Click", "on a prior keeps it, with the reason"],
  SLIDER_HELP,
] as const;
const options = { name: "assignlab", label, help, css: sceneCss + css + matrixCss };
export default knobWidget(options, AssignLabView, (view, answer: FilmAnswer, buffers) =>
  view.answered(answer, buffers),
);
