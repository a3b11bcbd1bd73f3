/** The service's client: a call for each of its routes, one kind of failure. */

import { readAnswer, readBudgets, readReceipt } from "./answer.js";

/** @typedef {import("./types.js").Problem} Problem */
/** @typedef {import("./types.js").OpenTicket} OpenTicket */

const TIMEOUT_MS = 10_000;

/** A failed call, with the problem that the panel shows. */
export class CallFailed extends Error {
  /** @param {Problem} problem */
  constructor(problem) {
    super(problem.message);
    this.name = "CallFailed";
    this.problem = problem;
  }
}

/**
 * @param {Problem["kind"]} kind
 * @param {string} message
 * @param {number | null} [retryAfter]
 */
export const failed = (kind, message, retryAfter = null) => new CallFailed({ kind, message, retryAfter });

/** @type {Record<number, Problem["kind"]>} */
const KINDS = { 401: "unauthorized", 403: "forbidden", 408: "busy", 409: "rejected", 429: "rate_limited" };

const OVER_THE_LIMIT = new Set(["budget_exhausted", "customer_limit"]);

/** Calls the service. Holds no state but where it is and who asks. */
export class Client {
  /**
   * @param {{address: string, token: string, agent?: string}} service
   * @param {typeof fetch} [fetcher]
   */
  constructor(service, fetcher = (input, init) => fetch(input, init)) {
    this.service = service;
    this.fetcher = fetcher;
  }

  /**
   * Advice for one ticket. Throws CallFailed, or AbortError when `signal` aborts.
   * @param {OpenTicket} open
   * @param {AbortSignal} [signal]
   */
  async suggest(open, signal) {
    const { id, email } = open.customer;
    const agent = this.service.agent || open.agent;
    const body = {
      ticket: open.ticket,
      ...(id || email ? { customer: { ...(id && { id }), ...(email && { email }) } } : {}),
      ...(agent ? { agent: { id: agent } } : {}),
    };
    return readAnswer(await this.#call("/v1/suggestions", body, signal));
  }

  /** @param {import("./types.js").Feedback} item */
  feedback(item) {
    const agent = this.service.agent || item.agent;
    return this.#call("/v1/feedback", { ...item, ...(agent && { agent }) });
  }

  /** @param {import("./types.js").SpendOrder} order */
  async spend({ request_id, delight_id, amount, idempotency_key }) {
    return readReceipt(await this.#call("/v1/spends", { request_id, delight_id, amount, idempotency_key }));
  }

  /** @param {import("./types.js").ReversalOrder} order */
  async reverse({ spend_id, reason, idempotency_key }) {
    return readReceipt(await this.#call(`/v1/spends/${spend_id}/reversal`, { reason, idempotency_key }));
  }

  /** What waits in the outbox, each to its route. @param {import("./types.js").Outgoing} item */
  deliver(item) {
    if (!("kind" in item)) return this.feedback(item);
    return item.kind === "spend" ? this.spend(item) : this.reverse(item);
  }

  /** @param {string} [agent] who is signed in at the helpdesk, if the page says so */
  async budgets(agent) {
    const who = this.service.agent || agent;
    const query = who ? `?agent=${encodeURIComponent(who)}` : "";
    return readBudgets(await this.#call(`/v1/budgets${query}`, undefined, undefined, true));
  }

  /** Whether a copilot answers at the address; needs no token. */
  async health() {
    const health = await this.#call("/v1/health");
    if (typeof health?.status !== "string" || typeof health?.version !== "string") {
      throw failed("bad_answer", "Something answers at this address, but it is not a copilot service.");
    }
    return /** @type {{status: string, version: string, tickets: number}} */ (health);
  }

  /**
   * Whether the token is good. The empty request does not fit the schema, which a service says only to those whose
   * token it knows; so nothing is computed or kept.
   */
  async checkToken() {
    try {
      await this.#call("/v1/suggestions", {});
    } catch (error) {
      if (error instanceof CallFailed && error.problem.kind === "rejected") return;
      throw error;
    }
  }

  /**
   * @param {string} path
   * @param {unknown} [body] absent: GET
   * @param {AbortSignal} [signal]
   * @param {boolean} [closed] whether the route needs a token
   */
  async #call(path, body, signal, closed = body !== undefined) {
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    /** @type {RequestInit} */
    const init = {
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      credentials: "omit",
      cache: "no-store",
      redirect: "error", // neither the ticket nor the token follows anybody elsewhere
      referrerPolicy: "no-referrer",
    };
    /** @type {Record<string, string>} */
    const headers = (init.headers = {});
    if (closed) {
      if (!this.service.token) throw failed("unset", "No token is set.");
      headers.Authorization = `Bearer ${this.service.token}`;
    }
    if (body !== undefined) {
      init.method = "POST";
      headers["Content-Type"] = "application/json";
      init.body = JSON.stringify(body);
    }
    let response;
    try {
      response = await this.fetcher(this.service.address + path, init);
    } catch (error) {
      if (signal?.aborted) throw error;
      const late = error instanceof DOMException && error.name === "TimeoutError";
      throw failed("offline", late ? "The service took too long to answer." : "The service cannot be reached.");
    }
    const parsed = await response.json().catch((error) => {
      if (signal?.aborted) throw error;
      return null;
    });
    if (response.ok) return parsed;
    throw refused(response, parsed);
  }
}

/**
 * @param {Response} response
 * @param {any} parsed
 */
function refused(response, parsed) {
  const wait = Number(response.headers.get("Retry-After"));
  const message =
    typeof parsed?.error?.message === "string" ? parsed.error.message : `The service answered ${response.status}.`;
  if (OVER_THE_LIMIT.has(parsed?.error?.code)) return failed("budget_exhausted", message);
  const kind = KINDS[response.status] ?? (response.status >= 500 ? "busy" : "rejected");
  return failed(kind, message, wait > 0 ? wait : null);
}
