/** Starts the panel in whichever home it finds itself: the browser's side panel, or a frame on a page. */

import { Panel } from "./controller.js";

const inExtension = location.protocol.endsWith("-extension:");
const { connect } = await (inExtension ? import("./home-extension.js") : import("./home-frame.js"));

/** @param {string} id */
const place = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

new Panel({ main: place("panel"), note: place("note"), live: place("live") }, connect(), new AbortController().signal);
