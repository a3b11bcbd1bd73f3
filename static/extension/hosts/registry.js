/** Every helpdesk that is read, most specific first. */

import { demo } from "./demo.js";
import { djangoHelpdesk } from "./django-helpdesk.js";

/** @type {readonly import("../lib/types.js").Host[]} */
export const HOSTS = [demo, djangoHelpdesk];

/**
 * The module for a page, or null when the page is no helpdesk that we know.
 * @param {Location | URL} location
 * @param {Document} document
 */
export const hostFor = (location, document) => HOSTS.find((host) => host.match(location, document)) ?? null;
