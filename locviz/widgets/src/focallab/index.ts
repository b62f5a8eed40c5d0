/** FocalLab: gamma, alpha, and what easy negatives weigh in a real batch. */
import controlsCss from "../shared/controls.css";
import { knobWidget } from "../shared/mount.ts";
import css from "./focallab.css";
import { FocalLabView } from "./view.ts";

const label = "FocalLab: what easy negatives weigh under focal loss";
export default knobWidget({ name: "focallab", label, css: controlsCss + css }, FocalLabView);
