/** QueryLab: what the queries of a detector look at, and which object each is responsible for. */
import controlsCss from "../shared/controls.css";
import { SLIDER_HELP } from "../shared/help.ts";
import { knobWidget } from "../shared/mount.ts";
import css from "./querylab.css";
import { QueryLabView } from "./view.ts";

const label = "QueryLab: what queries look at, and what they are responsible for";
const help = [
  ["Click", "on the picture chooses the query whose dot is nearest; on the matrix that of the row"],
  ["Arrow keys", "on the picture choose the next or the previous query, page keys go five on, Home and End to the ends"],
  ["Drag", "the cross of deformable attention: the query looks around another point; arrows move it by 1 px, Shift by 10"],
  ["Tab", "goes to the next control, and out of the widget"],
  ["Escape", "on the picture goes back to the query that was chosen when it got the focus"],
  ["Double-click", "on the picture goes back to the query that the cell chose"],
  SLIDER_HELP,
] as const;
export default knobWidget({ name: "querylab", label, help, css: controlsCss + css }, QueryLabView);
