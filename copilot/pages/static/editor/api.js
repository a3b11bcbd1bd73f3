/** The one door to the service: JSON in, JSON out, with the session's CSRF token. */

/** An answer that is not 2xx, or none at all (`status` 0). */
export class Refused extends Error {
  /**
   * @param {number} status
   * @param {any} body what the service said, or {}
   */
  constructor(status, body) {
    super(message(status, body));
    this.status = status;
    this.body = body;
  }
}

/**
 * @param {string} csrf
 * @param {typeof fetch} [door]
 */
export function service(csrf, door = fetch.bind(globalThis)) {
  /**
   * @param {string} path
   * @param {unknown} data
   * @param {AbortSignal} [signal]
   * @returns {Promise<any>}
   */
  async function post(path, data, signal) {
    return answer(
      () =>
        door(path, {
          method: "POST",
          headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRF-Token": csrf },
          body: JSON.stringify(data),
          credentials: "same-origin",
          redirect: "manual",
          ...(signal && { signal }),
        }),
      signal,
    );
  }
  return { post, get: (/** @type {string} */ path) => answer(() => door(path, { credentials: "same-origin" })) };
}

/** @typedef {ReturnType<typeof service>} Service */

/**
 * @param {() => Promise<Response>} ask
 * @param {AbortSignal} [signal]
 */
async function answer(ask, signal) {
  let response;
  try {
    response = await ask();
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Refused(0, {});
  }
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(response.type === "opaqueredirect" ? 401 : response.status, body);
  return body;
}

/**
 * @param {number} status
 * @param {any} body
 */
function message(status, body) {
  if (status === 0) return "The service does not answer. Your text is kept in this browser; try again in a moment.";
  if (status === 401) return "Your session has ended. Sign in again in another tab; your text is kept in this browser.";
  const said = typeof body?.error === "string" ? body.error : body?.error?.message;
  return said || `The service answered ${status}.`;
}
