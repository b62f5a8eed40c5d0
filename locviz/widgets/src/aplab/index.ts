/** APLab: drag the score threshold along the precision-recall curve. */
import controlsCss from "../shared/controls.css";
import { knobWidget } from "../shared/mount.ts";
import sceneCss from "../shared/scene.css";
import css from "./aplab.css";
import { APLabView } from "./view.ts";

const label = "APLab: what average precision is the area of";
export default knobWidget({ name: "aplab", label, css: sceneCss + controlsCss + css }, APLabView);
