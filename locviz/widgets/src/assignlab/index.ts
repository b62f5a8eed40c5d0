/** AssignLab: which prior is responsible for which object, under any assigner. */
import { knobWidget } from "../shared/mount.ts";
import sceneCss from "../shared/scene.css";
import css from "./assignlab.css";
import matrixCss from "./matrix.css";
import type { FilmAnswer } from "./messages.ts";
import { AssignLabView } from "./view.ts";

const label = "AssignLab: who is responsible for whom";
const options = { name: "assignlab", label, css: sceneCss + css + matrixCss };
export default knobWidget(options, AssignLabView, (view, answer: FilmAnswer, buffers) =>
  view.answered(answer, buffers),
);
